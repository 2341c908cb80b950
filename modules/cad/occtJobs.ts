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

export interface JobResult {
  /** Facts for the artifact's metadata. */
  facts: JsonObject;
  /** Facts on each lighter copy. */
  copies?: JsonObject[];
  warnings: string[];
  /** True where the model was still in memory and OpenCascade did not run. */
  isWarm: boolean;
}
