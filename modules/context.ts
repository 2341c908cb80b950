import type { z } from 'zod';
import type { ArtifactRef, ArtifactRole } from './artifacts.js';
import type { JsonObject } from './json.js';

export interface ArtifactWrite {
  role: ArtifactRole;
  mediaType: string;
  fileName: string;
  metadata?: JsonObject;
  /** The content: a file inside the workdir (moved into the store), or bytes, or text. Exactly one. */
  from: { path: string } | { bytes: Uint8Array } | { text: string };
}

/** A module's only door to files that outlive it. */
export interface ModuleArtifacts {
  /** A local, read-only path of the artifact's bytes, valid until the module returns. Never write to it. */
  path(ref: ArtifactRef): Promise<string>;
  /** Reads a JSON artifact and checks it; throws ModuleError `ARTIFACT_UNREADABLE` when it does not fit. */
  readJson<S extends z.ZodType>(ref: ArtifactRef, schema: S): Promise<z.output<S>>;
  /** Stores a file and returns its reference; the caller hands it back as an output port's value. */
  write(artifact: ArtifactWrite): Promise<ArtifactRef>;
}

/** Files that earlier attempts of the same work finished, by name. They outlive a crash, a time-out and a cancelled run, until the work
 * is done; so a module that makes many files one by one only makes those that are missing. */
export interface Checkpoints {
  /** A file that `put` kept, if it is still in the store. */
  get(name: string): Promise<ArtifactRef | null>;
  put(name: string, artifact: ArtifactRef): Promise<void>;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What a running module gets from whoever runs it: legacy pipeline, graph runtime, shadow run or a test. */
export interface ModuleContext {
  readonly artifacts: ModuleArtifacts;
  readonly checkpoints: Checkpoints;
  /** Reports progress. `fraction` is 0..1 and never goes back; `message` is for people. Cheap: the runtime throttles it. */
  progress(fraction: number, message?: string): void;
  log(level: LogLevel, message: string, fields?: JsonObject): void;
  /** Aborts on cancel and on time-out. A module must stop within 2 s and leave no child process behind. */
  readonly signal: AbortSignal;
  /** The same for every attempt of the same node of the same run: `<run>/<node>`. Effects use it so that they happen once. */
  readonly idempotencyKey: string;
  /** An empty private directory, removed after the module returns. The only place a module may write to. */
  readonly workdir: string;
}
