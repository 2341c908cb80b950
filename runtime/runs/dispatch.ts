import type { Rollout } from '../../generated/prisma/enums.js';
import { isSampled, prepareLegacyRun, startLegacyRun } from '../legacy/start.js';
import { keyOfRun } from '../orders/lineFacts.js';
import type { Platform } from '../platform.js';
import { earlierRun } from './earlierRun.js';
import {
  findSubject,
  type GraphChoice,
  type OrderSubject,
  type PreparedRun,
  prepareGraphRun,
  type SubjectRequest,
} from './prepareRun.js';
import { sha256 } from './startRun.js';

export interface DispatchRequest extends SubjectRequest, GraphChoice {
  /** The same key twice is one run. */
  idempotencyKey?: string | null;
}

/** Starts a run: reads what it is about, resolves every param, checks what it runs, and writes run, node runs and first event in one
 * transaction. An order line goes the way of its output type's rollout; a request that names a workflow, or a CAD file, goes by graph.
 * @throws ValidationError, NotFoundError, ConflictError; nothing is written then. */
export async function dispatch(
  platform: Platform,
  request: DispatchRequest,
): Promise<{ runId: string; created: boolean }> {
  const { orderLineId, idempotencyKey = null } = request;
  const requestHash = hashOf(request);
  const earlier = await earlierRun(platform, idempotencyKey, requestHash);
  if (earlier) return { runId: earlier, created: false };
  const key = orderLineId ? await keyOfRun(platform, orderLineId, idempotencyKey) : idempotencyKey;
  const finding = findSubject(platform, request);
  if (request.cadFileId || request.workflowId || request.useDraft)
    return startPrepared(platform, await prepareGraphRun(platform, finding, request), key, requestHash);
  return dispatchOrderLine(platform, (await finding) as OrderSubject, key);
}

/** Of what is asked for. What comes of it, a price or a newer version, may be another thing when the request is sent again. */
const hashOf = ({ orderLineId, cadFileId, workflowId, useDraft }: DispatchRequest): string =>
  sha256({
    ...(orderLineId && { orderLineId }),
    ...(cadFileId && { cadFileId }),
    ...(workflowId && { workflowId }),
    ...(useDraft && { useDraft }),
  });

/** Starts a run of an order line that was read already, by the way of its output type's rollout. */
export async function dispatchOrderLine(
  platform: Platform,
  subject: OrderSubject,
  idempotencyKey: string | null,
): Promise<{ runId: string; created: boolean }> {
  const way = rolloutOf(subject.orderLine.outputType);
  const requestHash = hashOf({ orderLineId: subject.orderLine.id });
  if (way === 'graph')
    return startPrepared(platform, await prepareGraphRun(platform, subject), idempotencyKey, requestHash);
  const prepared = await prepareLegacyRun(platform, subject);
  const withShadow = way === 'shadow' && (await getsShadow(platform, subject));
  // Only a fallback can be refused, and this is none.
  return (await startLegacyRun(platform, prepared, { idempotencyKey, requestHash, withShadow }))!;
}

/** Which way an output type is produced: without a workflow there is only one. */
export const rolloutOf = (outputType: { rollout: Rollout; workflowId: string | null }): Rollout =>
  outputType.workflowId ? outputType.rollout : 'legacy';

/** Whether the next legacy run of the line has a run by graph beside it. */
export async function getsShadow({ db }: Platform, { orderLine }: OrderSubject): Promise<boolean> {
  const earlier = await db.run.count({ where: { orderLineId: orderLine.id, mode: 'legacy' } });
  return isSampled(orderLine.id, earlier + 1, orderLine.outputType.shadowRate);
}

/** Writes what was prepared, and hands its first nodes to the queue. */
async function startPrepared(
  platform: Platform,
  { subject, compiled, ...prepared }: PreparedRun,
  idempotencyKey: string | null,
  requestHash: string,
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
    requestHash,
  });
}
