import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endChildren } from '../../tests/support/children.js';
import { createTestContext, type TestContext } from '../../tests/support/moduleContext.js';
import { noise } from '../../tests/support/moduleSamples.js';
import { LOAD_WINDOW_MS, ownChildren, processorLoad } from '../../tests/support/processorLoad.js';
import { comparedPictures } from './comparedPictures.js';
import { compareRoles } from './compareRoles.js';
import { ParityPolicy } from './policy.js';

/** The largest that renders take. */
const SIDE = 8192;
const STOP_MS = 2000;

let test: TestContext;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

async function still(background: string) {
  const from = { path: path.join(test.ctx.workdir, 'still.png') };
  const create = { width: SIDE, height: SIDE, channels: 4, background } as const;
  await sharp({ create }).png({ compressionLevel: 1 }).toFile(from.path);
  return test.ctx.artifacts.write({ role: 'still_image', mediaType: 'image/png', fileName: 'still.png', from });
}

const compare = async (legacy: Awaited<ReturnType<typeof still>>, graph: typeof legacy, signal: AbortSignal) =>
  compareRoles({ legacy: [legacy], graph: [graph] }, ParityPolicy.parse({}), {
    ...{ workdir: test.ctx.workdir, signal, log: () => {}, path: test.ctx.artifacts.path },
    keep: async () => 'kept',
  });

it('a comparison of huge pictures that is stopped computes no more, here or in a child', async () => {
  const sides = [await still('#888888ff'), await still('#884422ff')] as const;
  await endChildren(comparedPictures);
  const stop = new AbortController();
  const comparing = compare(...sides, stop.signal);
  comparing.catch(() => {});
  await expect.poll(() => comparedPictures.pids).toHaveLength(1);
  const [child] = comparedPictures.pids;
  await sleep(LOAD_WINDOW_MS);
  expect(await processorLoad()).toBeLessThan(0.5);
  stop.abort(new Error('the worker stops'));
  await expect(comparing).rejects.toThrow('the worker stops');
  await expect.poll(processorLoad, { interval: 0, timeout: STOP_MS }).toBeLessThan(0.1);
  await expect.poll(ownChildren, { timeout: STOP_MS }).not.toContain(child);
});

it('a picture that breaks off in the middle is incomparable', async () => {
  const whole = await noise(200);
  const write = (bytes: Uint8Array) =>
    test.ctx.artifacts.write({
      ...{ role: 'still_image', mediaType: 'image/png', fileName: 'still.png', from: { bytes } },
    });
  const sides = [await write(whole), await write(whole.subarray(0, whole.length / 2))] as const;
  expect(await compare(...sides, test.ctx.signal)).toMatchObject([
    { verdict: 'incomparable', reasons: [expect.stringContaining('cannot be read')] },
  ]);
});
