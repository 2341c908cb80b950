import path from 'node:path';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { ModuleContext } from '../modules/context.js';
import type { ProductionModule } from '../modules/define.js';
import { DomainError, ModuleError } from '../modules/errors.js';
import { systemFailure } from '../modules/systemFailure.js';
import type { ArtifactStore } from '../runtime/artifacts/store.js';
import { deliveriesOf } from '../runtime/deliveries.js';
import type { ClaimedNode, Finish, NodeFailure, Progress } from '../runtime/engine/engine.js';
import { StoredCheckpoints } from '../runtime/runs/checkpoints.js';
import { moduleArtifacts } from '../runtime/runs/moduleArtifacts.js';
import { artifactsIn } from '../runtime/runs/nodeInputs.js';
import { checkOutputs, readyNode } from '../runtime/runs/nodePorts.js';
import type { ResultCache } from '../runtime/runs/resultCache.js';
import { Workplace } from '../runtime/runs/workplace.js';
import type { DefinitionLookup } from '../workflow/nodeDefinition.js';
import { moduleOf, type PlannedNode } from '../workflow/plan.js';
import { mayRunInShadow } from '../workflow/shadowPlan.js';
import type { Plans } from './plans.js';
import { Reporter } from './reporter.js';

/** Why a running node was told to stop. */
export type StopReason = 'cancelled' | 'timeout' | 'shutdown' | 'yielded' | 'fenced';

/** Why an attempt is given back, for the log of the run. */
const RELEASED: Partial<Record<StopReason, string>> = {
  shutdown: 'The worker was stopped.',
  yielded: 'What will be delivered goes first.',
};

export interface NodeRunnerParts {
  pool: pg.Pool;
  definition: DefinitionLookup;
  plans: Plans;
  cache: ResultCache;
  store: ArtifactStore;
  /** Parent of the modules' private directories. */
  workRoot: string;
  log: Logger;
  send: (progress: Progress) => void;
}

/** How long a module may take to stop before its attempt is given up. */
const STOP_GRACE_MS = 5_000;
const MAX_BACKOFF_MS = 3_600_000;

/** Runs one claimed attempt from its stored plan to its report: parse → look up → run → record. Never throws: every end is a Finish. */
export async function runNode(parts: NodeRunnerParts, node: ClaimedNode, stop: AbortController): Promise<Finish> {
  const reporter = new Reporter(node, parts.send);
  const startedAt = performance.now();
  let planned: PlannedNode | undefined;
  let isShadow = false;
  let result: Pick<Finish, 'outcome' | 'outputs' | 'isCached' | 'cacheKey' | 'failure' | 'artifacts'>;
  try {
    const plan = await parts.plans.get(node.planHash);
    planned = plan.nodes[node.idx]!;
    isShadow = plan.isShadow ?? false;
    if (isShadow && !mayRunInShadow(planned))
      throw new ModuleError('EFFECT_WITHHELD', 'A shadow run does nothing that others would notice.');
    result = { outcome: 'succeeded', failure: null, ...(await produce(parts, node, planned, reporter, stop)) };
  } catch (thrown) {
    const error = systemFailure(thrown) ?? thrown;
    const failure = failureOf(error, stop.signal, planned, parts.log, node);
    const outcome = outcomeOf(error, stop.signal, node);
    result = {
      outcome,
      failure: outcome === 'released' || outcome === 'cancelled' ? null : failure,
      outputs: null,
      isCached: false,
      cacheKey: null,
      artifacts: [],
    };
  }
  const retryInMs = Math.min(MAX_BACKOFF_MS, node.backoffMs * 2 ** (triesOf(node, planned) - 1));
  const durationMs = Math.round(performance.now() - startedAt);
  const events = reporter.close(result.outcome === 'succeeded');
  if (result.outcome === 'retry')
    events.push({ type: 'node.retrying', data: { attempt: node.attempt, retryInMs, failure: { ...result.failure } } });
  else if (result.outcome === 'released')
    events.push({ type: 'node.released', data: { reason: RELEASED[stop.signal.reason as StopReason]! } });
  else
    events.push({
      type: 'node.finished',
      data: {
        status: result.outcome,
        isCached: result.isCached,
        durationMs,
        failure: result.failure && { ...result.failure },
      },
    });
  return {
    runId: node.runId,
    idx: node.idx,
    token: node.token,
    retryInMs,
    events,
    ...(isShadow ? { asset: null, notification: null } : deliveriesOf(result.outputs ?? {})),
    ...result,
    isShadow,
  };
}

async function produce(
  parts: NodeRunnerParts,
  node: ClaimedNode,
  planned: PlannedNode,
  reporter: Reporter,
  stop: AbortController,
) {
  const module = moduleFor(parts.definition, planned);
  if (planned.contractEtag && planned.contractEtag !== module.etag)
    reporter.log(
      'warn',
      `This worker has another edition of ${module.key} ${module.version} than the run was planned with.`,
    );
  const { inputs, params, cacheKey: key } = readyNode(module, planned, (idx) => node.deps?.[idx], node.entry);
  const cached = key && !planned.isFresh && (await parts.cache.get(key));
  if (cached) return { outputs: cached, isCached: true, cacheKey: key, artifacts: [] };

  const place = new Workplace(path.join(parts.workRoot, `${node.runId}-${node.idx}-${node.attempt}`));
  const idempotencyKey = `${node.runId}/${node.nodeId}`;
  // What another run left half-done is not anew.
  const keptUnder = key && !planned.isFresh ? key : idempotencyKey;
  const checkpoints = new StoredCheckpoints(parts.pool, parts.store, keptUnder, (message, err) => {
    parts.log.warn({ err, runId: node.runId, nodeId: node.nodeId }, message);
    reporter.log('warn', message);
  });
  const context: ModuleContext = {
    artifacts: moduleArtifacts(parts.store, place, stop.signal),
    checkpoints,
    progress: (fraction, message) => reporter.progress(fraction, message),
    log: (level, message, fields) => reporter.log(level, message, fields),
    signal: stop.signal,
    idempotencyKey,
    get workdir() {
      return place.workdir;
    },
  };
  try {
    const values = await withinTime(planned.timeoutMs, stop, module.run(context, inputs, params));
    const outputs = checkOutputs(module, values);
    await checkpoints.clear();
    return { outputs, isCached: false, cacheKey: key, artifacts: artifactsIn(outputs) };
  } finally {
    await place.remove();
  }
}

/** The module as the run was planned with it. Another worker may have what this one lacks, so those refusals are tried again.
 * @throws ModuleError `MODULE_UNKNOWN`, `MODULE_VERSION_MISMATCH`; the module did not run. */
function moduleFor(definition: DefinitionLookup, planned: PlannedNode): ProductionModule {
  const { moduleKey, moduleVersion } = planned;
  const module = moduleOf(planned, definition);
  if (module?.key !== moduleKey)
    throw new ModuleError(
      'MODULE_UNKNOWN',
      `This worker does not have the module "${moduleKey}". Update the worker, or its setting HARTOMAT_MODULES.`,
      'transient',
      { module: moduleKey },
    );
  if (module.version !== moduleVersion)
    throw new ModuleError(
      'MODULE_VERSION_MISMATCH',
      module.version < moduleVersion
        ? `This worker has version ${module.version} of the module "${moduleKey}", the run needs version ${moduleVersion}. Update the worker.`
        : `The run was planned with version ${moduleVersion} of the module "${moduleKey}", which is at version ${module.version} by now. Start a new run.`,
      module.version < moduleVersion ? 'transient' : 'input',
      { module: moduleKey, planned: moduleVersion, installed: module.version },
    );
  return module;
}

/** Waits for the module; aborts it when its time is up, and gives it up when it does not stop. */
async function withinTime<T>(timeoutMs: number, stop: AbortController, work: Promise<T>): Promise<T> {
  let giveUp: NodeJS.Timeout | undefined;
  const timeout = setTimeout(() => stop.abort('timeout' satisfies StopReason), timeoutMs);
  const abandoned = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => {
      giveUp = setTimeout(
        () => reject(new ModuleError('STOP_IGNORED', 'The step did not stop when told to.', 'timeout')),
        STOP_GRACE_MS,
      );
    });
  });
  try {
    return await Promise.race([work, abandoned]);
  } finally {
    clearTimeout(timeout);
    clearTimeout(giveUp);
  }
}

/** How many attempts have failed since the node was started, or retried by hand, this one included; those that were given back do not count. */
const triesOf = ({ attempt, maxAttempts }: ClaimedNode, planned: PlannedNode | undefined): number =>
  Math.max(1, (planned?.retry.attempts ?? 1) - (maxAttempts - attempt));

function outcomeOf(error: unknown, signal: AbortSignal, node: ClaimedNode): Finish['outcome'] {
  if (signal.aborted && signal.reason === 'cancelled') return 'cancelled';
  if (signal.aborted && signal.reason in RELEASED) return 'released';
  const isRetryable = signal.aborted
    ? signal.reason === 'timeout'
    : error instanceof ModuleError
      ? error.isRetryable
      : false;
  return isRetryable && node.attempt < node.maxAttempts ? 'retry' : 'failed';
}

function failureOf(
  error: unknown,
  signal: AbortSignal,
  planned: PlannedNode | undefined,
  log: Logger,
  node: ClaimedNode,
): NodeFailure {
  if (signal.aborted && signal.reason === 'timeout')
    return {
      code: 'TIMEOUT',
      message: `The step took longer than its limit of ${Math.round((planned?.timeoutMs ?? 0) / 1000)} s.`,
      failureClass: 'timeout',
      details: {},
    };
  if (error instanceof ModuleError)
    return { code: error.code, message: error.message, failureClass: error.failureClass, details: error.details };
  if (error instanceof DomainError)
    return { code: error.code, message: error.message, failureClass: 'input', details: error.details };
  // Told to stop, a module may throw whatever its abort signal gave it.
  if (!signal.aborted)
    log.error({ err: error, runId: node.runId, nodeId: node.nodeId, step: node.step }, 'a module failed unexpectedly');
  return {
    code: 'INTERNAL_ERROR',
    message: 'The step failed in a way nobody foresaw. The log of the worker has the details.',
    failureClass: 'crash',
    details: {},
  };
}
