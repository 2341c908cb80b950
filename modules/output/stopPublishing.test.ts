import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestContext, type TestContext } from '../../tests/support/moduleContext.js';
import { noise } from '../../tests/support/moduleSamples.js';
import { allProcesses } from '../../tests/support/processes.js';
import { publishAsset } from './publish_asset.js';

const WINDOW_MS = 300;
/** The contract's own limit. */
const STOP_MS = 2000;

let test: TestContext;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

/** Share of one processor that this process takes just now. */
async function load(): Promise<number> {
  const before = process.cpuUsage();
  await sleep(WINDOW_MS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / WINDOW_MS;
}

const children = async () =>
  (await allProcesses()).filter(({ parent }) => parent === process.pid).map(({ pid }) => pid);

it('computes no more, here or in a child, once it was told to stop in the middle of a derivative', async () => {
  const source = await test.ctx.artifacts.write({
    role: 'still_image',
    mediaType: 'image/png',
    fileName: 'large.png',
    from: { bytes: await noise(5000) },
  });
  const known = await children();
  const params = publishAsset.spec.params.parse({
    derivatives: [{ name: 'web', maxWidthPx: 8192, format: 'avif', quality: 90 }],
  });
  const running = publishAsset.spec.run(test.ctx, { source: [source] }, params);
  await expect.poll(() => test.progress).not.toEqual([]);
  await sleep(WINDOW_MS);
  test.abort();
  await expect(running).rejects.toThrow('cancelled');
  // Computing takes what it gets of a processor; waiting takes next to nothing.
  await expect.poll(load, { interval: 0, timeout: STOP_MS }).toBeLessThan(0.1);
  const left = async () => (await children()).filter((pid) => !known.includes(pid));
  await expect.poll(left, { timeout: STOP_MS }).toEqual([]);
});
