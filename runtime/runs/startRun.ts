import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type pg from 'pg';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import type { JsonObject } from '../../modules/json.js';
import type { WorkflowGraph } from '../../workflow/graph.js';
import type { Plan } from '../../workflow/plan.js';
import { type DispatchedRun, dispatchRuns, type NewRun, type StoredPlan } from '../engine/engine.js';
import { keyReused } from '../errors.js';
import type { Queues } from '../queues/queues.js';
import { enqueueReady } from './enqueueReady.js';

export interface RunRequest {
  graph: WorkflowGraph;
  plan: Plan;
  entry: JsonObject;
  paramOrigins: JsonObject;
  workflowId: string | null;
  workflowVersionId: string | null;
  cadFileId: string | null;
  orderLineId: string | null;
  idempotencyKey: string | null;
  /** Of what the request says: another one must not come with the same key. */
  requestHash: string;
}

interface Waiting {
  run: NewRun;
  plan: StoredPlan;
  settle: (result: Promise<DispatchedRun>) => void;
}

const planHashes = new WeakMap<Plan, string>();

/** Writes runs to the database and hands their first nodes to the queue. Requests that arrive while a write is under way share the next one. */
export class RunStarter {
  private waiting: Waiting[] = [];
  private isWriting = false;
  /** Plans this process knows to be stored. */
  private readonly storedPlans = new Set<string>();

  constructor(private readonly platform: { pool: pg.Pool; queues: Queues; log: Logger }) {}

  /** @returns `created: false` when the idempotency key has a run already, made from the same request.
   * @throws ConflictError when the key was used for another request. */
  async start(request: RunRequest): Promise<{ runId: string; created: boolean }> {
    const planHash = hashPlan(request.graph, request.plan);
    const { graph, plan, ...rest } = request;
    const run: NewRun = {
      id: uuidv7(),
      family: graph.family,
      planHash,
      nodeCount: plan.nodes.length,
      ...rest,
    };
    const result = await new Promise<DispatchedRun>((resolve) => {
      this.waiting.push({ run, plan: { hash: planHash, graph, plan }, settle: resolve as Waiting['settle'] });
      if (!this.isWriting) void this.write();
    });
    if (!result.created && result.requestHash !== request.requestHash) throw keyReused();
    return { runId: result.id, created: result.created };
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const batch = distinctKeys(this.waiting);
      this.waiting = this.waiting.filter((item) => !batch.includes(item));
      const plans = new Map(
        batch.filter(({ plan }) => !this.storedPlans.has(plan.hash)).map(({ plan }) => [plan.hash, plan]),
      );
      try {
        const results = new Map(
          (
            await dispatchRuns(
              this.platform.pool,
              [...plans.values()],
              batch.map(({ run }) => run),
            )
          ).map((result) => [result.asked, result]),
        );
        for (const hash of plans.keys()) this.storedPlans.add(hash);
        for (const { run, settle } of batch) settle(Promise.resolve(results.get(run.id)!));
        void enqueueReady(
          this.platform,
          [...results.values()].flatMap(({ ready }) => ready ?? []),
        );
      } catch (error) {
        for (const { settle } of batch) settle(Promise.reject(error));
      }
    }
    this.isWriting = false;
  }
}

/** One write cannot carry the same key twice; the second waits for the next. */
function distinctKeys(items: Waiting[]): Waiting[] {
  const seen = new Set<string>();
  return items.filter(({ run: { idempotencyKey } }) => {
    if (idempotencyKey === null) return true;
    if (seen.has(idempotencyKey)) return false;
    seen.add(idempotencyKey);
    return true;
  });
}

/** The address of a plan by content. */
export function hashPlan(graph: WorkflowGraph, plan: Plan): string {
  const known = planHashes.get(plan);
  if (known) return known;
  const hash = sha256({ graph, plan });
  planHashes.set(plan, hash);
  return hash;
}

export function sha256(value: unknown): string {
  return createHash('sha256').update(canonicalize(value)!).digest('hex');
}
