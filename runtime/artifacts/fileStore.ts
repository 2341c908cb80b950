import { access, constants, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { contentPath } from './contentPath.js';
import { receiveContent, takeOver } from './receiveContent.js';
import { type ArtifactStore, type ByteRange, ContentError, type StoredContent, StoreError } from './store.js';

/** Artifacts on the local file system: `<root>/ab/cd/<sha256>`. */
export class FileArtifactStore implements ArtifactStore {
  constructor(private readonly root: string) {}

  path(sha256: string): string {
    return path.join(this.root, contentPath(sha256));
  }

  put(source: Readable, signal?: AbortSignal): Promise<StoredContent> {
    const settle = async (file: string, content: StoredContent) => {
      const final = this.path(content.sha256);
      await mkdir(path.dirname(final), { recursive: true });
      await rename(file, final);
      return content;
    };
    return receiveContent(this.root, source, settle, { signal });
  }

  putFile(file: string, signal?: AbortSignal): Promise<StoredContent> {
    return takeOver(file, (content) => this.put(content, signal));
  }

  async open(sha256: string, range?: ByteRange): Promise<Readable> {
    const file = await orMissing(sha256, open(this.path(sha256)));
    return file.createReadStream(range);
  }

  read(sha256: string, signal?: AbortSignal): Promise<Buffer> {
    return orMissing(sha256, readFile(this.path(sha256), { signal }));
  }

  async localFile(sha256: string): Promise<string> {
    const file = this.path(sha256);
    await orMissing(sha256, access(file));
    return file;
  }

  async byteSize(sha256: string): Promise<number | null> {
    try {
      return (await stat(this.path(sha256))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async check(): Promise<void> {
    await access(this.root, constants.R_OK | constants.W_OK).catch((error: NodeJS.ErrnoException) => {
      throw new StoreError(
        'ARTIFACT_STORE_UNREACHABLE',
        `The artifact directory ${this.root} cannot be used (${error.code}).`,
      );
    });
  }
}

async function orMissing<T>(sha256: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new ContentError('ARTIFACT_MISSING', sha256) : error;
  }
}
