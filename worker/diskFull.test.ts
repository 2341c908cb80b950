import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { retryRun } from '../runtime/runs/retry.js';
import { GlbSales } from '../tests/support/glbSales.js';
import { createTestPlatform, type TestPlatform } from '../tests/support/platform.js';
import { describeWithSmallDisk, SmallDisk } from '../tests/support/smallDisk.js';
import { createCatalogue } from '../tests/support/testData.js';
import { outcomeOf } from '../tests/support/testRuns.js';
import { type RunningWorker, startWorker } from './worker.js';

let disk: SmallDisk;
let test: TestPlatform;
let sales: GlbSales;
let worker: RunningWorker;

describeWithSmallDisk('a worker whose disk is full', () => {
  beforeAll(async () => {
    disk = await SmallDisk.mount(64);
    vi.stubEnv('TMPDIR', disk.path);
    test = await createTestPlatform();
    vi.unstubAllEnvs();
    sales = new GlbSales(test.platform, await createCatalogue(test.platform));
    worker = await startWorker(await test.another(), { concurrency: { cpu: 1, io: 1, cad: 1, blender: 1 } });
  });
  afterAll(async () => {
    await worker?.stop(0);
    await disk?.free();
    await test?.remove();
    await disk?.remove();
  });

  /** Files below the data directory, finished or not. */
  const files = async () => {
    const entries = await readdir(test.platform.settings.home, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  };

  it('publishes nothing, says why, and publishes once there is room again', async () => {
    const { id } = await sales.outputType({}, { retry: { attempts: 2, backoffMs: 50 } });
    // The model is there from the first run on: then only publishing needs room.
    const first = await outcomeOf(test.platform, await sales.order(id));
    expect(first.run.status).toBe('succeeded');
    const { outputs } = first.node.glb!;
    const { byteSize } = (outputs as { glb: { artifact: { byteSize: number } } }).glb.artifact;
    const before = await files();

    // Room for the copy in the workdir, and for half of that in the store.
    await disk.fill(1.5 * byteSize);
    const runId = await sales.order(id);
    const { run, node } = await outcomeOf(test.platform, runId);
    expect(run).toMatchObject({ status: 'failed', failure: { code: 'DISK_FULL' } });
    expect(node.glb).toMatchObject({ status: 'succeeded', isCached: true });
    expect(node.publish).toMatchObject({
      status: 'failed',
      attempt: 2,
      outputs: null,
      failure: { code: 'DISK_FULL', failureClass: 'resource', message: 'The disk of the worker is full.' },
    });
    expect(await sales.assets(id)).toMatchObject([{ version: 1, supersededAt: null }]);
    expect(await files()).toEqual(before);

    await disk.free();
    await retryRun(test.platform, runId);
    expect((await outcomeOf(test.platform, runId)).run.status).toBe('succeeded');
    expect(await sales.assets(id)).toMatchObject([{ version: 1 }, { version: 2, runId }]);
  });
});
