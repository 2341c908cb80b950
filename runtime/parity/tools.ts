import type { JsonObject } from '../../modules/json.js';

/** A file of a run, on the local disk. */
export interface ComparedFile {
  /** Of the artifact. */
  id: string;
  path: string;
  mediaType: string;
  fileName: string;
  metadata: JsonObject;
}

/** What a comparator may use beside its files. */
export interface Tools {
  /** Its own, empty at first. */
  workdir: string;
  signal: AbortSignal;
  log(level: 'info' | 'warn' | 'error', message: string): void;
  /** Stores a picture of a difference, or a frame, as an artifact.
   * @returns its id. */
  keep(png: Buffer, fileName: string, metadata: JsonObject): Promise<string>;
}
