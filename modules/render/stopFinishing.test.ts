import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endChildren } from '../../tests/support/children.js';
import { createTestContext, type TestContext } from '../../tests/support/moduleContext.js';
import { LOAD_WINDOW_MS, ownChildren, processorLoad } from '../../tests/support/processorLoad.js';
import type { ComposeJob } from '../pictures/pictureJobs.js';
import { renderedPictures } from '../pictures/pictures.js';
import { finishPicture } from './picture.js';
import { shadowJob } from './shadow.js';

/** The largest that renders take. */
const SIDE = 8192;
/** The contract's own limit. */
const STOP_MS = 2000;

let test: TestContext;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

async function png(name: string, side: number, alpha: number): Promise<string> {
  const file = path.join(test.ctx.workdir, name);
  const create = { width: side, height: side, channels: 4, background: { r: 90, g: 90, b: 90, alpha } } as const;
  await sharp({ create }).png({ compressionLevel: 1 }).toFile(file);
  return file;
}

it.each(['png', 'png16'] as const)('a huge %s that is stopped computes no more, here or in a child', async (format) => {
  const shadow = shadowJob('', SIDE, SIDE);
  const job: ComposeJob = {
    ...{ width: SIDE, height: SIDE, format, imageQuality: 92 },
    product: await png('product.png', SIDE, 0.5),
    shadow: { ...shadow, output: await png('shadow.png', shadow.width, 0.4) },
    background: { top: '#ffffff', bottom: '#cccccc' },
    to: path.join(test.ctx.workdir, 'finished'),
  };
  await endChildren(renderedPictures);
  const stop = new AbortController();
  const finishing = finishPicture(job, stop.signal);
  finishing.catch(() => {});
  await expect.poll(() => renderedPictures.pids).toHaveLength(1);
  const [child] = renderedPictures.pids;
  expect(await processorLoad()).toBeLessThan(0.5);
  await sleep(LOAD_WINDOW_MS);
  stop.abort(new Error('cancelled'));
  await expect(finishing).rejects.toThrow('cancelled');
  await expect.poll(processorLoad, { interval: 0, timeout: STOP_MS }).toBeLessThan(0.1);
  await expect.poll(ownChildren, { timeout: STOP_MS }).not.toContain(child);
});
