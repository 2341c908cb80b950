import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { ModuleError } from './errors.js';
import { systemFailure } from './systemFailure.js';

const thrownBy = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => expect.fail('it should fail'),
    (error) => error,
  );
const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
const picture = sharp({ create: { width: 512, height: 512, channels: 3, background: '#fff', noise } });

it.skipIf(process.platform !== 'linux').each([
  ['Node writes', () => writeFile('/dev/full', 'x')],
  ['sharp writes', () => picture.png().toFile('/dev/full')],
])('a full disk is tried again when %s', async (_who, write) => {
  const failure = systemFailure(await thrownBy(write()));
  expect(failure).toMatchObject({ code: 'DISK_FULL', failureClass: 'resource', isRetryable: true });
});

it('what is no lack of the machine stays what it was', async () => {
  expect(systemFailure(await thrownBy(writeFile('/nowhere/x', 'x')))).toBeNull();
  expect(systemFailure(new ModuleError('PICTURE_EMPTY', 'Empty.'))).toBeNull();
  expect(systemFailure('No space left on device')).toBeNull();
});
