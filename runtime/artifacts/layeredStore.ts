import type { Readable } from 'node:stream';
import { type ArtifactStore, FileArtifactStore, type StoredContent } from './store.js';

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

  put(source: Readable): Promise<StoredContent> {
    return this.noted(this.own.put(source));
  }

  putFile(file: string): Promise<StoredContent> {
    return this.noted(this.own.putFile(file));
  }

  open(sha256: string, range?: { start: number; end: number }): Readable {
    return this.storeOf(sha256).open(sha256, range);
  }

  path(sha256: string): string {
    return this.storeOf(sha256).path(sha256);
  }

  byteSize(sha256: string): Promise<number | null> {
    return this.storeOf(sha256).byteSize(sha256);
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
