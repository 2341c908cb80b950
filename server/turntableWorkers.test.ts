import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seed } from '../prisma/seed.js';
import { encodeGlobalId as id, localId } from '../schema/globalId.js';
import { addOrderLine, dispatchRun } from '../tests/support/mutationCalls.js';
import { type Program, startProgram } from '../tests/support/programs.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { endOf } from '../tests/support/testRuns.js';
import { describeWith, requireTool } from '../tests/support/tools.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';

const RUN = `query ($id: ID!) { run(id: $id) { status failure { message }
  nodeRuns { nodeId status attempt partOf { nodeId } parts { nodeId } outputs { port artifact { metadata } } }
  assets { artifact { metadata } }
  events(after: 0, first: 2000) { type nodeId data } } }`;

describeWith('blender', 'the frames of a turntable, with workers in processes of their own', () => {
  let app: TestApp;
  let seeded: Awaited<ReturnType<typeof seed>>;
  const workers: Program[] = [];

  beforeAll(async () => {
    app = await startTestApp({ definition: nodeDefinition });
    seeded = await seed(app.platform);
    await Promise.all(['one', 'other'].map(startWorkerProcess));
  }, 120_000);
  afterAll(async () => {
    for (const worker of workers) await worker.kill();
    await app?.close();
  });

  /** A worker whose Blender begins with frames only when those of all workers have, and dies once: of the worker `other`. */
  async function startWorkerProcess(name: string) {
    const { home, databaseUrl, artifactDir } = app.platform.settings;
    const blender = path.join(home, `blender-${name}`);
    await writeFile(
      blender,
      `#!/bin/sh
cd '${home}'
case "$*" in *turntable.py*)
  touch began-${name}
  until [ -e began-one ] && [ -e began-other ]; do sleep 0.1; done
  if [ ${name} = other ] && mkdir died; then kill -9 $$; fi
esac
exec '${requireTool('blender')}' "$@"
`,
    );
    await chmod(blender, 0o755);
    const env = {
      DATABASE_URL: databaseUrl,
      HARTOMAT_HOME: home,
      ARTIFACT_URL: pathToFileURL(artifactDir).href,
      BLENDER_PATH: blender,
      LOG_LEVEL: 'error',
    };
    workers.push(await startProgram('worker/main.ts', env, ['--concurrency', 'blender=1']));
  }

  it('are shared between them; one part that fails is rendered again alone, and all are joined in order', async () => {
    const { db } = app.platform;
    const outputType = await db.outputType.findUniqueOrThrow({ where: { key: 'turntable_360' } });
    const small = { resolution: { width: 64, height: 64 }, samples: 1, denoise: false, shadow: false };
    const options = { ...small, animation: { frames: 12, fps: 12 } };
    const { id: orderLineId } = await addOrderLine(app, {
      ...{ productId: id('Product', seeded.product.id), outputTypeId: id('OutputType', outputType.id), options },
    });
    const { id: runId } = await dispatchRun(app, { orderLineId });
    await endOf(app.platform, localId('Run', runId));
    const { run } = (await app.gql(RUN, { id: runId })).data;
    expect(run.failure).toBeNull();
    expect(run.status).toBe('succeeded');

    const parts = run.nodeRuns.filter(({ partOf }: any) => partOf);
    expect(parts).toHaveLength(3);
    const started = run.events.filter(({ type, nodeId }: any) => type === 'node.started' && nodeId?.includes('/'));
    const takers = new Set(started.map(({ data: { workerId } }: any) => workerId));
    expect(takers.size).toBe(2);
    expect(parts.map(({ attempt }: any) => attempt).sort()).toEqual([1, 1, 2]);
    expect(run.nodeRuns.filter(({ partOf, attempt }: any) => !partOf && attempt > 1)).toEqual([]);

    const whole = run.nodeRuns.find(({ nodeId }: any) => nodeId === 'turntable');
    const angles = whole.outputs.flatMap(({ port, artifact }: any) =>
      port === 'frames' ? artifact.metadata.angleDeg : [],
    );
    expect(angles).toEqual(Array.from({ length: 12 }, (_, frame) => frame * 30));
    expect(run.assets[0].artifact.metadata).toMatchObject({ frameCount: 12, durationMs: 1000 });
  }, 240_000);
});
