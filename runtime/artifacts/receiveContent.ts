import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { StoredContent } from './store.js';

/** Writes a stream to `<root>/incoming`, so that nobody sees half a file, and lets `settle` put the whole file where it belongs.
 * @param flush - the file is on the disk before it is settled, so that after a power cut there is no empty one in its place. */
export async function receiveContent<T>(
  root: string,
  source: Readable,
  settle: (file: string, content: StoredContent) => Promise<T>,
  { signal, flush = false }: { signal?: AbortSignal; flush?: boolean } = {},
): Promise<T> {
  // It may fail before the pipeline below listens; without a listener that would end the process.
  source.on('error', () => {});
  const incoming = path.join(root, 'incoming');
  await mkdir(incoming, { recursive: true });
  const temporary = path.join(incoming, randomUUID());
  const hash = createHash('sha256');
  let byteSize = 0;
  // Opened before the pipeline begins: a stream that opens by itself may still do so after we have cleared away.
  const file = await open(temporary, 'wx', 0o444);
  try {
    await pipeline(
      source,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          byteSize += chunk.length;
          yield chunk;
        }
      },
      file.createWriteStream({ flush }),
      { signal },
    );
    return await settle(temporary, { sha256: hash.digest('hex'), byteSize });
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Puts a finished file of the caller's into a store; the path is gone afterwards. */
export async function takeOver(
  file: string,
  put: (content: Readable) => Promise<StoredContent>,
): Promise<StoredContent> {
  const stored = await put(createReadStream(file));
  await rm(file);
  return stored;
}
