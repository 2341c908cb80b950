import type pg from 'pg';
import type { ArtifactRef } from '../../modules/artifacts.js';
import type { Capability, Family } from '../../modules/define.js';
import type { JsonObject } from '../../modules/json.js';
import type { WorkflowGraph } from '../../workflow/graph.js';
import type { Plan } from '../../workflow/plan.js';
import type { ReadyNode } from '../queues/queues.js';
import type { PortValues } from '../runs/nodeInputs.js';

// The engine proper lives in the database (prisma/migrations/0002_run_engine); these are its doors, one round trip each.

export interface NewEvent {
  type: string;
  data: JsonObject;
}

export interface NewRun {
  id: string;
  family: Family;
  planHash: string;
  nodeCount: number;
  workflowId: string | null;
  workflowVersionId: string | null;
  cadFileId: string | null;
  orderLineId: string | null;
  entry: JsonObject;
  paramOrigins: JsonObject;
  idempotencyKey: string | null;
  requestHash: string | null;
}

export interface StoredPlan {
  hash: string;
  graph: WorkflowGraph;
  plan: Plan;
}

export interface DispatchedRun {
  /** The new run, or the one that has the idempotency key already. */
  id: string;
  /** The id asked for. */
  asked: string;
  created: boolean;
  requestHash: string | null;
  ready: ReadyNode[] | null;
}

export interface NodeFailure {
  code: string;
  message: string;
  failureClass: string;
  details: JsonObject;
}

/** One end of an attempt. `retry` asks for another attempt after `retryInMs`; `released` gives the node back uncounted. */
export interface Finish {
  runId: string;
  idx: number;
  token: string;
  /** Set where the node ran before it was claimed itself: the plan position of the claimed node whose token this is.
   * All it depends on must have succeeded in the same step. */
  ahead?: number;
  outcome: 'succeeded' | 'failed' | 'cancelled' | 'retry' | 'released';
  outputs: PortValues | null;
  isCached: boolean;
  /** Set for pure modules: the outputs are kept under it. */
  cacheKey: string | null;
  failure: NodeFailure | null;
  retryInMs: number;
  /** Files the attempt made. */
  artifacts: ArtifactRef[];
  asset: { artifactId: string; name: string; kind: string } | null;
  notification: { title: string; body: string } | null;
  events: NewEvent[];
  /** It belongs to a shadow run: what becomes ready by it goes behind everything else. For the worker; the engine knows. */
  isShadow?: boolean;
}

export interface Progress {
  runId: string;
  idx: number;
  token: string;
  progress: number | null;
  message: string | null;
  events: NewEvent[];
}

/** A node this worker may run now, until it reports back under the token. */
export interface ClaimedNode {
  runId: string;
  idx: number;
  nodeId: string;
  step: string;
  capability: Capability;
  token: string;
  attempt: number;
  maxAttempts: number;
  backoffMs: number;
  planHash: string;
  entry: JsonObject | null;
  /** Outputs of the predecessors by plan position. */
  deps: Record<string, PortValues> | null;
}

export interface Advance {
  finish: Finish[];
  progress: Progress[];
  claim: { runId: string; idx: number }[];
  /** How many nodes that become ready here the worker takes at once, by capability. */
  slots: Partial<Record<Capability, number>>;
}

export interface Advanced {
  claimed: ClaimedNode[];
  /** Became ready and wait for somebody. */
  ready: ReadyNode[];
  /** Tokens of finishes that came too late: the node belongs to somebody else by now. */
  refused: string[];
}

export async function dispatchRuns(pool: pg.Pool, plans: StoredPlan[], runs: NewRun[]): Promise<DispatchedRun[]> {
  const { rows } = await pool.query({
    name: 'hm_dispatch',
    text: 'SELECT hm_dispatch($1, $2) AS result',
    values: [storableJson(plans), storableJson(runs)],
  });
  return rows[0].result ?? [];
}

/** Creates a run that makes something of an earlier one anew. */
export async function dispatchRerun(
  pool: pg.Pool,
  plans: StoredPlan[],
  run: NewRun & { rerunOfId: string; rerunFrom: string },
): Promise<DispatchedRun> {
  const { rows } = await pool.query('SELECT hm_dispatch_rerun($1, $2) AS result', [
    storableJson(plans),
    storableJson(run),
  ]);
  return rows[0].result;
}

/** A run by graph beside a legacy run; with `failure` it could not be compiled and only says so. */
export type NewShadow = NewRun & { failure: { code: string; message: string } | null };

/** Creates a legacy run and what belongs to it.
 * @returns null where `fallbackOfId` is not failed any more or has been taken over from already; nothing is written then. */
export async function dispatchLegacyRun(
  pool: pg.Pool,
  plans: StoredPlan[],
  run: NewRun & { fallbackOfId: string | null },
  beside: { shadow: NewShadow; report: { id: string; outputTypeId: string } } | null,
): Promise<DispatchedRun | null> {
  const { rows } = await pool.query('SELECT hm_dispatch_legacy($1, $2, $3, $4) AS result', [
    storableJson(plans),
    storableJson(run),
    beside && storableJson(beside.shadow),
    beside && storableJson(beside.report),
  ]);
  return rows[0].result;
}

/** Lets shadow runs begin, or ends them, where their legacy run has ended. @returns what became ready. */
export async function releaseShadows(pool: pg.Pool): Promise<ReadyNode[]> {
  const { rows } = await pool.query('SELECT hm_release_shadows() AS result');
  return rows[0].result ?? [];
}

/** Notes in a failed run that the legacy pipeline could not take over. */
export async function refuseFallback(pool: pg.Pool, runId: string, why: { code: string; message: string }) {
  await pool.query('SELECT hm_refuse_fallback($1, $2)', [runId, storableJson(why)]);
}

/** How long a step waits for what others have locked, its commit included. Steps of other workers take milliseconds. */
const LOCK_LIMIT_MS = 500;

/** @throws SQLSTATE 55P03 where somebody else holds a row for longer than a step waits; nothing is written then. */
export async function advance(pool: pg.Pool, workerId: string, step: Advance): Promise<Advanced> {
  const { rows } = await pool.query({
    name: 'hm_advance',
    text: `SELECT hm_advance($1, $2, $3, $4, $5, $6) AS result FROM set_config('lock_timeout', '${LOCK_LIMIT_MS}', true)`,
    values: [
      workerId,
      runsOf(step),
      storableJson(step.finish),
      storableJson(step.progress),
      JSON.stringify(step.claim),
      JSON.stringify(step.slots),
    ],
  });
  const { claimed, ready, refused } = rows[0].result;
  return { claimed: claimed ?? [], ready: ready ?? [], refused: refused ?? [] };
}

/** The runs a step is about. */
export const runsOf = ({ finish, progress, claim }: Advance): string[] => [
  ...new Set([...finish, ...progress, ...claim].map(({ runId }) => runId)),
];

/** What of a step is about these runs. */
export const onlyRuns = (step: Advance, includes: (runId: string) => boolean): Advance => ({
  ...step,
  finish: step.finish.filter(({ runId }) => includes(runId)),
  progress: step.progress.filter(({ runId }) => includes(runId)),
  claim: step.claim.filter(({ runId }) => includes(runId)),
});

export const isEmpty = ({ finish, progress, claim }: Advance): boolean =>
  finish.length === 0 && progress.length === 0 && claim.length === 0;

/** @returns those of the runs whose row somebody else has locked. Waits for nobody. */
export async function heldRuns(pool: pg.Pool, runIds: string[]): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `WITH free AS MATERIALIZED (SELECT id FROM run WHERE id = ANY($1) FOR NO KEY UPDATE SKIP LOCKED)
     SELECT id FROM run WHERE id = ANY($1) AND id NOT IN (SELECT id FROM free)`,
    [runIds],
  );
  return rows.map(({ id }) => id);
}

/** @returns the run's status before, or null for an unknown run. */
export async function cancel(pool: pg.Pool, runId: string, by: string): Promise<string | null> {
  const { rows } = await pool.query('SELECT hm_cancel($1, $2) AS status', [runId, by]);
  return rows[0].status;
}

/** @returns status before and what became ready, or why it was not retried; null for an unknown run. */
export async function retry(
  pool: pg.Pool,
  runId: string,
  by: string,
): Promise<{ before: string; ready?: ReadyNode[] | null; fallbackId?: string; isEmpty?: true } | null> {
  const { rows } = await pool.query('SELECT hm_retry_unless_taken_over($1, $2) AS result', [runId, by]);
  return rows[0].result;
}

/** JSON that Postgres can keep: its text knows neither NUL nor half a surrogate pair, and tools print both. They become U+FFFD. */
function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!/\\u(0000|d[89a-f])/i.test(json)) return json;
  return JSON.stringify(value, (_key, item) =>
    typeof item === 'string' ? item.toWellFormed().replaceAll('\0', '\ufffd') : item,
  );
}
