import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exrPicture, radiancePicture } from '../../tests/support/environmentPictures.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { describeWith } from '../../tests/support/tools.js';
import { checkEnvironmentFile } from './environmentFile.js';

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

async function check(bytes: Buffer) {
  const file = path.join(test.dir, 'file');
  await writeFile(file, bytes);
  return checkEnvironmentFile(test.ctx, file, 'sky.hdr');
}
const grey = () => [0.5, 0.5, 0.5] as const;
const wide = (width: number, height: number) =>
  Buffer.from(`#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y ${height} +X ${width}\n`);

describe('a picture of surroundings is refused', () => {
  it.each([
    ['a PNG', Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1'), 'ENVIRONMENT_UNREADABLE'],
    ['nothing', Buffer.alloc(0), 'ENVIRONMENT_UNREADABLE'],
    ['half a header', exrPicture(16, 8, grey).subarray(0, 60), 'ENVIRONMENT_UNREADABLE'],
    ['one that claims too many pixels', wide(100_000, 50_000), 'ENVIRONMENT_TOO_LARGE'],
    ['a square', wide(64, 64), 'ENVIRONMENT_NOT_ROUND'],
    ['a dot', wide(2, 1), 'ENVIRONMENT_NOT_ROUND'],
  ])('when it is %s, before anything is decoded', async (_what, bytes, code) => {
    await expect(check(bytes)).rejects.toMatchObject({
      code,
      failureClass: 'input',
      message: expect.stringContaining('"sky.hdr"'),
    });
  });
});

describeWith('blender', 'a picture of surroundings', () => {
  it('is taken as a Radiance picture and as an OpenEXR, whatever its name', async () => {
    expect(await check(radiancePicture(64, 32, grey))).toEqual({
      ...{ mediaType: 'image/vnd.radiance', widthPx: 64, heightPx: 32 },
    });
    expect(await check(exrPicture(32, 16, grey))).toMatchObject({ mediaType: 'image/x-exr', widthPx: 32 });
  });

  it('is refused when it is cut off, or when some of its light is no number or endless', async () => {
    for (const whole of [radiancePicture(64, 32, grey), exrPicture(32, 16, grey)])
      await expect(check(whole.subarray(0, whole.length / 2))).rejects.toMatchObject({
        code: 'ENVIRONMENT_UNREADABLE',
      });
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      await expect(check(exrPicture(32, 16, (u) => [u < 0.9 ? 1 : value, 1, 1]))).rejects.toMatchObject({
        code: 'ENVIRONMENT_NOT_FINITE',
      });
  });
});
