import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestContext, type TestContext } from '../../tests/support/moduleContext.js';
import { noise } from '../../tests/support/moduleSamples.js';
import { LOAD_WINDOW_MS, ownChildren, processorLoad } from '../../tests/support/processorLoad.js';
import { publishAsset } from './publish_asset.js';

/** The contract's own limit. */
const STOP_MS = 2000;

let test: TestContext;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

it('computes no more, here or in a child, once it was told to stop in the middle of a derivative', async () => {
  const source = await test.ctx.artifacts.write({
    role: 'still_image',
    mediaType: 'image/png',
    fileName: 'large.png',
    from: { bytes: await noise(5000) },
  });
  const known = await ownChildren();
  const params = publishAsset.spec.params.parse({
    derivatives: [{ name: 'web', maxWidthPx: 8192, format: 'avif', quality: 90 }],
  });
  const running = publishAsset.spec.run(test.ctx, { source: [source] }, params);
  await expect.poll(() => test.progress).not.toEqual([]);
  await sleep(LOAD_WINDOW_MS);
  test.abort();
  await expect(running).rejects.toThrow('cancelled');
  await expect.poll(processorLoad, { interval: 0, timeout: STOP_MS }).toBeLessThan(0.1);
  const left = async () => (await ownChildren()).filter((pid) => !known.includes(pid));
  await expect.poll(left, { timeout: STOP_MS }).toEqual([]);
});
