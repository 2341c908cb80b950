import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ValidationError } from '../errors.js';

/** A file somebody sends. */
export interface ReceivedFile {
  /** As the sender calls it. */
  name: string;
  content: Readable;
}

/** Receives a file into a private directory, lets `check` look at it, and removes it again: nothing is kept of a refused one.
 * @param maxBytes - stops reading as soon as there is more.
 * @throws ValidationError `FILE_EMPTY` or `FILE_TOO_LARGE`, and whatever `check` throws. */
export async function withReceivedFile<T>(
  { name, content }: ReceivedFile,
  maxBytes: number,
  check: (file: { path: string; fileName: string; workdir: string }) => Promise<T>,
): Promise<T> {
  const fileName = cleanName(name) || 'unnamed';
  const workdir = await mkdtemp(path.join(tmpdir(), 'hartomat-received-'));
  try {
    const file = path.join(workdir, 'file');
    let byteSize = 0;
    const counter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        byteSize += chunk.length;
        if (byteSize <= maxBytes) done(null, chunk);
        else
          done(fileError('FILE_TOO_LARGE', `"${fileName}" is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB.`));
      },
    });
    await pipeline(content, counter, createWriteStream(file));
    if (byteSize === 0) throw fileError('FILE_EMPTY', `"${fileName}" is empty.`);
    return await check({ path: file, fileName, workdir });
  } finally {
    await rm(workdir, { recursive: true, force: true });
  }
}

export const fileError = (code: string, message: string) =>
  new ValidationError(message, [{ path: '/file', message }], [], code);

/** The last path segment without invisible characters; may be empty. */
export function cleanName(name: string): string {
  const last = name
    .split(/[\\/]/)
    .at(-1)!
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim();
  return last.slice(0, 200);
}
