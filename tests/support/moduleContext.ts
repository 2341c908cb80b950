import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ArtifactRef } from '../../modules/artifacts.js';
import type { LogLevel, ModuleContext } from '../../modules/context.js';
import type { JsonObject } from '../../modules/json.js';
import { FileArtifactStore } from '../../runtime/artifacts/fileStore.js';
import { MemoryCheckpoints } from '../../runtime/runs/memoryCheckpoints.js';
import { moduleArtifacts } from '../../runtime/runs/moduleArtifacts.js';
import { Workplace } from '../../runtime/runs/workplace.js';

/** A module context on real files, for running a module without queue, database or graph. Call `cleanup` when done. */
export async function createTestContext(options: { idempotencyKey?: string } = {}) {
  const dir = await mkdtemp(path.join(tmpdir(), 'hartomat-module-'));
  const place = new Workplace(dir);
  const store = new FileArtifactStore(path.join(dir, 'artifacts'));
  const abort = new AbortController();
  const progress: { fraction: number; message?: string }[] = [];
  const logs: { level: LogLevel; message: string; fields?: JsonObject }[] = [];
  const ctx: ModuleContext = {
    artifacts: moduleArtifacts(store, place, abort.signal),
    checkpoints: new MemoryCheckpoints(),
    progress: (fraction, message) => progress.push({ fraction, message }),
    log: (level, message, fields) => logs.push({ level, message, fields }),
    signal: abort.signal,
    idempotencyKey: options.idempotencyKey ?? 'test-run/test-node',
    workdir: place.workdir,
  };
  return {
    ctx,
    dir,
    progress,
    logs,
    abort: () => abort.abort(new Error('cancelled')),
    /** Local path of an artifact the module wrote. */
    fileOf: (ref: ArtifactRef) => store.path(ref.sha256),
    readJson: async (ref: ArtifactRef): Promise<any> => JSON.parse(await readFile(store.path(ref.sha256), 'utf8')),
    cleanup: () => rm(dir, { recursive: true, force: true }),
  };
}

export type TestContext = Awaited<ReturnType<typeof createTestContext>>;
