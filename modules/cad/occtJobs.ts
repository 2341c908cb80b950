import type { FailureClass } from '../errors.js';
import type { JsonObject } from '../json.js';
import type { Tessellation } from './tessellation.js';
import type { WebModelSpec } from './webModel.js';

/** What the child process can be asked to do with one STEP file. */
export type CadJob =
  | { op: 'inspect'; stepPath: string; sha256: string }
  | { op: 'bbox'; stepPath: string; sha256: string; tessellation: Tessellation }
  | { op: 'objects'; stepPath: string; sha256: string; tessellation: Tessellation; outPath: string }
  | {
      op: 'glb';
      stepPath: string;
      sha256: string;
      tessellation: Tessellation;
      outPath: string;
      /** Lighter copies to write beside it. */
      copies?: WebModelSpec[];
    };

export interface JobRequest {
  id: number;
  job: CadJob;
}

/** What comes back: any number of progress messages, then one result or failure. */
export type JobMessage =
  | { id: number; kind: 'progress'; fraction: number; message: string }
  | { id: number; kind: 'done'; result: JobResult; rssBytes: number }
  | { id: number; kind: 'failed'; failure: JobFailure; rssBytes: number };

export interface JobResult {
  /** Facts for the artifact's metadata. */
  facts: JsonObject;
  /** Facts on each lighter copy. */
  copies?: JsonObject[];
  warnings: string[];
  /** True where the model was still in memory and OpenCascade did not run. */
  isWarm: boolean;
}

export interface JobFailure {
  code: string;
  message: string;
  failureClass: FailureClass;
  details: JsonObject;
}
