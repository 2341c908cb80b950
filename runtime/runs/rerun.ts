import { v7 as uuidv7 } from 'uuid';
import type { JsonObject } from '../../modules/json.js';
import { freshFrom } from '../../workflow/freshFrom.js';
import type { WorkflowGraph } from '../../workflow/graph.js';
import type { Plan } from '../../workflow/plan.js';
import { dispatchRerun } from '../engine/engine.js';
import { isFinal } from '../engine/transitions.js';
import { ConflictError, keyReused, NotFoundError, ValidationError } from '../errors.js';
import { keyOfRun } from '../orders/lineFacts.js';
import type { Platform } from '../platform.js';
import { earlierRun } from './earlierRun.js';
import { enqueueReady } from './enqueueReady.js';
import { hashPlan, sha256 } from './startRun.js';

export interface RerunRequest {
  runId: string;
  /** Of the graph, or of a part of a node. */
  nodeId: string;
  /** The same key twice is one run. */
  idempotencyKey?: string | null;
}

/** Starts a run of the same graph, params and entry as an ended one. A node and all that depends on it are made anew, whatever the result
 * cache has; the rest is taken from there. Effects happen again: it is another run.
 * @throws NotFoundError, ValidationError where the run has no such node, ConflictError `RUN_NOT_RERUNNABLE` or as `dispatch`. */
export async function rerunFrom(
  platform: Platform,
  { runId, nodeId, idempotencyKey = null }: RerunRequest,
): Promise<{ runId: string }> {
  const requestHash = sha256({ runId, nodeId });
  const same = await earlierRun(platform, idempotencyKey, requestHash);
  if (same) return { runId: same };
  const earlier = await platform.db.run.findUnique({ where: { id: runId }, include: { plan: true } });
  if (!earlier) throw new NotFoundError('run', runId);
  const { status, mode, orderLineId } = earlier;
  if (mode !== 'graph')
    throw new ConflictError(
      'Only runs by graph can be run again from a node. Dispatch the order line again.',
      'RUN_NOT_RERUNNABLE',
    );
  if (!isFinal(status)) throw new ConflictError(`The run is still going (${status}).`, 'RUN_NOT_RERUNNABLE');
  const graph = earlier.plan.graph as unknown as WorkflowGraph;
  const plan = earlier.plan.plan as unknown as Plan;
  if (!plan.nodes.some(({ id }) => id === nodeId))
    throw new ValidationError(`The run has no node "${nodeId}".`, [
      { path: '/nodeId', message: `There are: ${graph.nodes.map(({ id }) => id).join(', ')}.` },
    ]);
  const key = orderLineId ? await keyOfRun(platform, orderLineId, idempotencyKey) : idempotencyKey;
  const fresh = freshFrom(plan, nodeId);
  const planHash = hashPlan(graph, fresh);
  const result = await dispatchRerun(platform.pool, [{ hash: planHash, graph, plan: fresh }], {
    ...{ id: uuidv7(), planHash, nodeCount: fresh.nodes.length, idempotencyKey: key, requestHash },
    ...{ family: earlier.family, cadFileId: earlier.cadFileId, orderLineId },
    ...{ workflowId: earlier.workflowId, workflowVersionId: earlier.workflowVersionId },
    ...{ entry: earlier.entry as JsonObject, paramOrigins: earlier.paramOrigins as JsonObject },
    ...{ rerunOfId: runId, rerunFrom: nodeId },
  });
  if (!result.created && result.requestHash !== requestHash) throw keyReused();
  void enqueueReady(platform, result.ready);
  return { runId: result.id };
}
