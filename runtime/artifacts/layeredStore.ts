import type { Readable } from 'node:stream';
import { FileArtifactStore } from './fileStore.js';
import type { ArtifactStore, ByteRange, StoredContent } from './store.js';

/** Reads what another store has, and keeps what is written in a directory of its own, so that the other one stays as it is. */
export class LayeredStore implements ArtifactStore {
  private readonly own: FileArtifactStore;
  private readonly written = new Set<string>();

  constructor(
    private readonly base: ArtifactStore,
    root: string,
  ) {
    this.own = new FileArtifactStore(root);
  }

  put(source: Readable, signal?: AbortSignal): Promise<StoredContent> {
    return this.noted(this.own.put(source, signal));
  }

  putFile(file: string, signal?: AbortSignal): Promise<StoredContent> {
    return this.noted(this.own.putFile(file, signal));
  }

  open(sha256: string, range?: ByteRange): Promise<Readable> {
    return this.storeOf(sha256).open(sha256, range);
  }

  read(sha256: string, signal?: AbortSignal): Promise<Buffer> {
    return this.storeOf(sha256).read(sha256, signal);
  }

  localFile(sha256: string, dir: string, signal?: AbortSignal): Promise<string> {
    return this.storeOf(sha256).localFile(sha256, dir, signal);
  }

  byteSize(sha256: string): Promise<number | null> {
    return this.storeOf(sha256).byteSize(sha256);
  }

  check(): Promise<void> {
    return this.base.check();
  }

  private storeOf(sha256: string): ArtifactStore {
    return this.written.has(sha256) ? this.own : this.base;
  }

  private async noted(writing: Promise<StoredContent>): Promise<StoredContent> {
    const stored = await writing;
    this.written.add(stored.sha256);
    return stored;
  }
}
