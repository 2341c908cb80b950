import type { Readable } from 'node:stream';
import { ModuleError } from '../../modules/errors.js';

export interface StoredContent {
  /** Lower-case hex. */
  sha256: string;
  byteSize: number;
}

/** Inclusive byte positions, as in HTTP. */
export interface ByteRange {
  start: number;
  end: number;
}

/** Bytes by their sha-256: immutable, streamed, never wholly in memory unless asked for by `read`. Nothing is ever deleted.
 * Whoever asks for content that is not there gets a `ContentError`; a store that does not do its work throws `StoreError`s. */
export interface ArtifactStore {
  /** Stores a stream; the same content twice is kept once. Nothing is left behind when the stream fails. */
  put(source: Readable, signal?: AbortSignal): Promise<StoredContent>;
  /** Takes over a finished file of the caller's; the path is gone afterwards. */
  putFile(file: string, signal?: AbortSignal): Promise<StoredContent>;
  /** Destroy the stream where it is not read to its end. */
  open(sha256: string, range?: ByteRange): Promise<Readable>;
  /** The whole content in memory; for documents. */
  read(sha256: string, signal?: AbortSignal): Promise<Buffer>;
  /** A read-only local file with the content. Where the store is elsewhere, it is made in `dir`: the caller's to remove, and there until then. */
  localFile(sha256: string, dir: string, signal?: AbortSignal): Promise<string>;
  /** Size in bytes, or null where the store has no such content. */
  byteSize(sha256: string): Promise<number | null>;
  /** Whether the store can be used.
   * @throws StoreError in one sentence. */
  check(): Promise<void>;
}

const SENTENCES = {
  ARTIFACT_MISSING: (file: string) =>
    `The content of ${file} is not in the artifact store any more. Upload it again, or start a new run where a run made it.`,
  ARTIFACT_CORRUPT: (file: string) =>
    `The content of ${file} was changed or damaged in the artifact store. Delete it there and upload it again, or start a new run where a run made it.`,
};

/** The store has not, or not whole, the content that was asked for. */
export class ContentError extends ModuleError {
  constructor(
    readonly trouble: keyof typeof SENTENCES,
    readonly sha256: string,
    fileName?: string,
  ) {
    super(trouble, SENTENCES[trouble](fileName ? `"${fileName}"` : 'a file'), 'input', { sha256 });
  }

  /** The same, for people, who know files by name. */
  about(fileName: string): ContentError {
    return new ContentError(this.trouble, this.sha256, fileName);
  }
}

export const isMissing = (error: unknown): boolean =>
  error instanceof ContentError && error.trouble === 'ARTIFACT_MISSING';

/** The store does not do its work, whatever the content. Another worker, or the next attempt, may have more luck. */
export class StoreError extends ModuleError {
  constructor(code: 'ARTIFACT_STORE_UNREACHABLE' | 'ARTIFACT_STORE_REFUSED', message: string) {
    super(code, message, code === 'ARTIFACT_STORE_UNREACHABLE' ? 'transient' : 'resource');
  }
}
