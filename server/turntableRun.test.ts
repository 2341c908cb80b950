import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seed } from '../prisma/seed.js';
import { openPlatform } from '../runtime/platform.js';
import { encodeGlobalId as id, localId } from '../schema/globalId.js';
import { addOrderLine, dispatchRun } from '../tests/support/mutationCalls.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { endOf } from '../tests/support/testRuns.js';
import { describeWith } from '../tests/support/tools.js';
import { type RunningWorker, startWorker } from '../worker/worker.js';
import { nodeDefinition } from '../workflow/nodeDefinitions.js';

const RUN = `query ($id: ID!) { run(id: $id) { status failure { message nodeId } assets { name kind artifact { url mediaType metadata } }
  nodeRuns { nodeId label status isCached partOf { nodeId size unit } parts { nodeId status } outputs { port artifact { fileName metadata } } log(first: 50) { nodeId } }
  events(after: 0, first: 2000) { type nodeId data } } }`;

describeWith('blender', 'a turntable that is ordered', () => {
  let app: TestApp;
  const workers: RunningWorker[] = [];
  const opened: Awaited<ReturnType<typeof openPlatform>>[] = [];
  let seeded: Awaited<ReturnType<typeof seed>>;
  beforeAll(async () => {
    app = await startTestApp({ definition: nodeDefinition });
    seeded = await seed(app.platform);
    const second = await openPlatform(app.platform.settings, { log: app.platform.log, maxConnections: 4 });
    opened.push(second);
    for (const platform of [app.platform, second]) workers.push(await startWorker(platform));
  });
  afterAll(async () => {
    for (const worker of workers) await worker.stop(0);
    for (const platform of opened) await platform.close();
    await app?.close();
  });

  async function addLine(options: object) {
    const outputType = await app.platform.db.outputType.findUniqueOrThrow({ where: { key: 'turntable_360' } });
    return addOrderLine(app, {
      ...{ productId: id('Product', seeded.product.id), outputTypeId: id('OutputType', outputType.id), options },
    });
  }

  async function order(options: object) {
    const { id: runId } = await dispatchRun(app, { orderLineId: (await addLine(options)).id });
    await endOf(app.platform, localId('Run', runId));
    return (await app.gql(RUN, { id: runId })).data.run;
  }

  const SMALL = {
    resolution: { width: 64, height: 64 },
    samples: 2,
    denoise: false,
    shadow: false,
    animation: { frames: 6, fps: 12 },
  };

  it('is rendered in parts by the workers that are free, joined, published and played', async () => {
    const run = await order(SMALL);
    expect(run.failure).toBeNull();
    expect(run.status).toBe('succeeded');
    const node = (nodeId: string) => run.nodeRuns.find((each: { nodeId: string }) => each.nodeId === nodeId);
    expect(node('turntable')).toMatchObject({
      label: 'Turntable',
      partOf: null,
      parts: [
        { nodeId: 'turntable/1', status: 'succeeded' },
        { nodeId: 'turntable/2', status: 'succeeded' },
      ],
    });
    expect(node('turntable/2')).toMatchObject({
      label: 'Turntable · Frames 5–6',
      partOf: { nodeId: 'turntable', size: 2, unit: 'frames' },
      parts: [],
    });
    const angles = node('turntable')
      .outputs.filter(({ port }: { port: string }) => port === 'frames')
      .map(({ artifact }: { artifact: { metadata: { angleDeg: number } } }) => artifact.metadata.angleDeg);
    expect(angles).toEqual([0, 60, 120, 180, 240, 300]);
    const takers = run.events
      .filter(
        ({ type, nodeId }: { type: string; nodeId: string }) => type === 'node.started' && /\//.test(nodeId ?? ''),
      )
      .map(({ data }: { data: { workerId: string } }) => data.workerId);
    expect(takers).toHaveLength(2);
    expect(workers.map((worker) => worker.id)).toEqual(expect.arrayContaining(takers));

    const [asset] = run.assets;
    expect(asset).toMatchObject({
      kind: 'turntable_video',
      artifact: { mediaType: 'video/mp4', metadata: { frameCount: 6, fps: 12, durationMs: 500, widthPx: 64 } },
    });
    const whole = Buffer.from(await (await app.fetch(asset.artifact.url)).arrayBuffer());
    const file = path.join(app.platform.settings.home, 'played.mp4');
    await writeFile(file, whole);
    const probe = [
      '-v',
      'error',
      '-count_frames',
      '-show_entries',
      'stream=codec_name,pix_fmt,nb_read_frames,r_frame_rate',
    ];
    const { stdout } = await promisify(execFile)('ffprobe', [...probe, '-of', 'csv=p=0', file]);
    expect(stdout.trim()).toBe('h264,yuv420p,12/1,6');
    // Players jump about in a film by ranges.
    const part = await app.fetch(asset.artifact.url, { headers: { range: 'bytes=4-11' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 4-11/${whole.length}`]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(4, 12));
  });

  it('with another speed, file and colour renders no frame again', async () => {
    const run = await order({ ...SMALL, animation: { frames: 6, fps: 6 }, format: 'webm', backgroundColor: '#223344' });
    expect(run.status).toBe('succeeded');
    const parts = run.nodeRuns.filter(({ partOf }: { partOf: unknown }) => partOf);
    expect(parts.map(({ isCached }: { isCached: boolean }) => isCached)).toEqual([true, true]);
    expect(run.assets[0].artifact).toMatchObject({
      mediaType: 'video/webm',
      metadata: { durationMs: 1000, isTransparent: false },
    });
  });

  it('is refused when its settings contradict each other', async () => {
    expect(await addLine({ animation: { frames: 6, fps: 12, durationS: 9 } })).toMatchObject({
      code: 'VALIDATION_FAILED',
      message: expect.stringContaining('6 frames at 12 per second take 0.5 s, not 9 s'),
    });
  });
});
