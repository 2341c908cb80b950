import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ModuleContext } from '../../modules/context.js';
import type { ProductionModule } from '../../modules/define.js';
import { ModuleError } from '../../modules/errors.js';
import { LayeredStore } from '../artifacts/layeredStore.js';
import type { Platform } from '../platform.js';
import type { Subject } from '../runs/entry.js';
import { MemoryCheckpoints } from '../runs/memoryCheckpoints.js';
import { moduleArtifacts } from '../runs/moduleArtifacts.js';
import { NodeHistory } from '../runs/nodeHistory.js';
import type { PortValues } from '../runs/nodeInputs.js';
import { checkOutputs, type ReadyNode } from '../runs/nodePorts.js';
import { ResultCache } from '../runs/resultCache.js';
import { LIBRARY_SLOTS, passingSnapshot } from '../runs/snapshots.js';
import { Workplace } from '../runs/workplace.js';
import { type Workforce, workforce } from '../workers.js';

/** A module that takes longer than this to try out is left to the run. */
const TRIAL_MS = 10_000;

/** Where the preflights of one request do their work. What they make lies in a directory that goes with it. */
export class PreflightDesk {
  /** The libraries as they are now, one snapshot for all. */
  readonly libraries: Subject['libraries'];
  readonly cache: ResultCache;
  readonly history: NodeHistory;
  private readonly trials = new Map<string, Promise<PortValues>>();

  private constructor(
    readonly platform: Platform,
    readonly store: LayeredStore,
    readonly workforce: Workforce,
    libraries: NonNullable<Subject['libraries']>,
    private readonly dir: string,
  ) {
    this.libraries = libraries;
    this.cache = new ResultCache(platform.pool, platform.store);
    this.history = new NodeHistory(platform.pool);
  }

  static async with<T>(platform: Platform, work: (desk: PreflightDesk) => Promise<T>): Promise<T> {
    const dir = await mkdtemp(path.join(tmpdir(), 'hartomat-preflight-'));
    try {
      const store = new LayeredStore(platform.store, path.join(dir, 'artifacts'));
      const snapshots = LIBRARY_SLOTS.map((slot) => passingSnapshot({ db: platform.db, store }, slot));
      const [force, ...libraries] = await Promise.all([workforce(platform.db), ...snapshots]);
      const bySlot = new Map(LIBRARY_SLOTS.map((slot, at) => [slot, Promise.resolve(libraries[at]!)]));
      return await work(new PreflightDesk(platform, store, force, bySlot, dir));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  /** What a module makes of its inputs, tried out once for all who ask; for modules that are quick and without effects.
   * @throws ModuleError where the run would fail with it. */
  tryOut(module: ProductionModule, ready: ReadyNode & { cacheKey: string }): Promise<PortValues> {
    const known = this.trials.get(ready.cacheKey);
    if (known) return known;
    const trial = this.run(module, ready);
    this.trials.set(ready.cacheKey, trial);
    return trial;
  }

  private async run(module: ProductionModule, { inputs, params, cacheKey }: ReadyNode & { cacheKey: string }) {
    const place = new Workplace(path.join(this.dir, randomUUID()));
    const signal = AbortSignal.timeout(TRIAL_MS);
    const context: ModuleContext = {
      artifacts: moduleArtifacts(this.store, place, signal),
      checkpoints: new MemoryCheckpoints(),
      progress() {},
      log() {},
      signal,
      idempotencyKey: `preflight/${cacheKey}`,
      get workdir() {
        return place.workdir;
      },
    };
    try {
      return checkOutputs(module, await module.run(context, inputs, params));
    } catch (err) {
      if (err instanceof ModuleError) throw err;
      this.platform.log.error({ err, module: module.key }, 'a module failed unexpectedly in a preflight');
      throw new ModuleError(
        'INTERNAL_ERROR',
        `“${module.title}” fails in a way nobody foresaw. The log of the server has the details.`,
        'crash',
      );
    }
  }
}
