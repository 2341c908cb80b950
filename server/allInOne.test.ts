import { afterAll, beforeAll, expect, it } from 'vitest';
import { seed } from '../prisma/seed.js';
import { encodeGlobalId as id, localId } from '../schema/globalId.js';
import { dispatchRun } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { endOf } from '../tests/support/testRuns.js';
import { describeWith } from '../tests/support/tools.js';
import { type RunningWorker, startWorker } from '../worker/worker.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';

const RUN = `query ($id: ID!) { run(id: $id) { failure { code message } nodeRuns { nodeId status }
  assets { name kind artifact { mediaType metadata } } } }`;

describeWith('blender', 'one workflow that delivers a still, a turntable and a .blend', () => {
  let app: TestApp;
  let worker: RunningWorker;
  let seeded: Awaited<ReturnType<typeof seed>>;
  beforeAll(async () => {
    app = await startTestApp({ definition: nodeDefinition });
    seeded = await seed(app.platform);
    worker = await startWorker(app.platform);
  });
  afterAll(async () => {
    await worker?.stop(0);
    await app?.close();
  });

  describeWith('ffmpeg', 'with a film', () => {
    it('gives each of them its own file format and size', async () => {
      const { db } = app.platform;
      const workflow = await db.workflow.findUniqueOrThrow({ where: { key: 'order_all' } });
      const outputType = await db.outputType.create({
        data: {
          ...{ key: 'bundle', name: 'Bundle', family: 'order_line', artifactKind: 'still_image', rollout: 'graph' },
          workflowId: workflow.id,
          contract: { mediaTypes: ['image/jpeg'], widthPx: { min: 96, max: 96 } },
          overrides: {
            ...{ engine: 'workbench', samples: 2, denoise: false, shadow: false, format: 'webm' },
            resolution: { width: 64, height: 48 },
            'still.resolution': { width: 96, height: 48 },
            animation: { frames: 4, fps: 4 },
          },
          callerParams: { 'still.format': { enum: ['png', 'jpeg'] } },
        },
      });
      const order = await db.order.create({
        data: {
          lines: {
            create: {
              ...{ lineNumber: 1, productId: seeded.product.id, outputTypeId: outputType.id },
              options: { 'still.format': 'jpeg' },
            },
          },
        },
        include: { lines: true },
      });
      const { id: runId } = await dispatchRun(app, { orderLineId: id('OrderLine', order.lines[0]!.id) });
      const outcome = await endOf(app.platform, localId('Run', runId));
      const { run } = (await app.gql(RUN, { id: runId })).data;
      expect([outcome, run.failure]).toEqual(['succeeded', null]);
      const made = run.assets.map(({ kind, artifact }: any) => {
        const { widthPx, heightPx, frameCount } = artifact.metadata;
        return [kind, artifact.mediaType, widthPx, heightPx, frameCount].filter((fact) => fact != null).join(' ');
      });
      expect(made.sort()).toEqual([
        'blend_file application/x-blender',
        'still_image image/jpeg 96 48',
        'turntable_video video/webm 64 48 4',
      ]);
    });
  });
});
