import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface StoredContent {
  /** Lower-case hex. */
  sha256: string;
  byteSize: number;
}

/** Bytes by their sha-256: immutable, streamed, never wholly in memory. */
export interface ArtifactStore {
  /** Stores a stream; the same content twice is one file. Nothing is left behind when the stream fails. */
  put(source: Readable): Promise<StoredContent>;
  /** Takes over a finished file of the caller's; the path is gone afterwards. */
  putFile(file: string): Promise<StoredContent>;
  /** @param range inclusive byte positions, as in HTTP. */
  open(sha256: string, range?: { start: number; end: number }): Readable;
  /** Read-only local path of the content. */
  path(sha256: string): string;
  /** Size in bytes, or null where the store has no such content. */
  byteSize(sha256: string): Promise<number | null>;
}

const SHA256 = /^[0-9a-f]{64}$/;

/** Artifacts on the local file system: `<root>/ab/cd/<sha256>`. Written under `<root>/incoming` first and renamed, so readers never see half a file. */
export class FileArtifactStore implements ArtifactStore {
  constructor(private readonly root: string) {}

  path(sha256: string): string {
    if (!SHA256.test(sha256)) throw new TypeError('Not a sha-256 address.');
    return path.join(this.root, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  }

  async put(source: Readable): Promise<StoredContent> {
    // It may fail before the pipeline below listens; without a listener that would end the process.
    source.on('error', () => {});
    const incoming = path.join(this.root, 'incoming');
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
        file.createWriteStream(),
      );
      return await this.settle(temporary, hash.digest('hex'), byteSize);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async putFile(file: string): Promise<StoredContent> {
    const stored = await this.put(createReadStream(file));
    await rm(file);
    return stored;
  }

  open(sha256: string, range?: { start: number; end: number }): Readable {
    return createReadStream(this.path(sha256), range);
  }

  async byteSize(sha256: string): Promise<number | null> {
    try {
      return (await stat(this.path(sha256))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  private async settle(temporary: string, sha256: string, byteSize: number): Promise<StoredContent> {
    const final = this.path(sha256);
    await mkdir(path.dirname(final), { recursive: true });
    await rename(temporary, final);
    return { sha256, byteSize };
  }
}
