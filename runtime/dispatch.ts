import type { Platform } from './platform.js';
import { findSubject, type GraphChoice, type PreparedRun, prepareGraphRun, type SubjectRequest } from './prepareRun.js';

export interface DispatchRequest extends SubjectRequest, GraphChoice {
  /** The same key twice is one run. */
  idempotencyKey?: string | null;
}

/** Starts a run: reads what it is about, resolves every param, checks the graph, and writes run, node runs and first event in one transaction.
 * @throws ValidationError, NotFoundError, ConflictError; nothing is written then. */
export async function dispatch(
  platform: Platform,
  request: DispatchRequest,
): Promise<{ runId: string; created: boolean }> {
  const prepared = await prepareGraphRun(platform, findSubject(platform, request), request);
  return startPrepared(platform, prepared, request.idempotencyKey ?? null);
}

/** Writes what was prepared, and hands its first nodes to the queue. */
export async function startPrepared(
  platform: Platform,
  { subject, compiled, ...prepared }: PreparedRun,
  idempotencyKey: string | null,
): Promise<{ runId: string; created: boolean }> {
  const dropped = compiled.findings.filter(({ code }) => code === 'PARAM_DROPPED').map(({ message }) => message);
  if (dropped.length > 0)
    platform.log.warn({ workflowId: prepared.workflowId, dropped }, 'settings of the workflow were dropped');
  return platform.runs.start({
    ...prepared,
    graph: compiled.graph,
    plan: compiled.plan,
    paramOrigins: compiled.origins,
    cadFileId: subject.cadFile.id,
    orderLineId: subject.orderLine?.id ?? null,
    idempotencyKey,
  });
}
