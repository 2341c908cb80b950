import { DomainError } from '../../modules/errors.js';
import { estimate, type TimeRange } from '../../workflow/estimate.js';
import type { CheckedFinding } from '../../workflow/preflightChecks.js';
import { type Beholder, OWNER, visibleOrders } from '../access/ownership.js';
import { NotFoundError } from '../errors.js';
import { dueLines } from '../orders/dispatch.js';
import { lineFacts, obstacleOf } from '../orders/lineFacts.js';
import type { Platform } from '../platform.js';
import { getsShadow, rolloutOf } from '../runs/dispatch.js';
import {
  findOrderLineSubjects,
  findSubject,
  type GraphChoice,
  type OrderSubject,
  type SubjectRequest,
} from '../runs/prepareRun.js';
import { sharingWork } from '../runs/sharedWork.js';
import { PreflightDesk } from './desk.js';
import { findingsOf, type Preflight, preflightGraph, preflightLegacy, refused } from './run.js';

/** @throws ValidationError, NotFoundError where the request itself is wrong. */
export async function preflight(platform: Platform, request: SubjectRequest & GraphChoice): Promise<Preflight> {
  return PreflightDesk.with(platform, async (desk) => {
    if (!request.orderLineId || request.cadFileId)
      return preflightGraph(desk, await findSubject(platform, request), request);
    const [result] = await preflightLines(desk, [request.orderLineId], request);
    if (!result) throw new NotFoundError('order line', request.orderLineId);
    return result;
  });
}

/** Of every line that `dispatchOrder` would start.
 * @throws NotFoundError, ConflictError `NOTHING_TO_DISPATCH`. */
export async function preflightOrder(
  platform: Platform,
  orderId: string,
  buyer: Beholder = OWNER,
): Promise<Preflight[]> {
  const due = await dueLines(platform, orderId, visibleOrders(buyer));
  return sharingWork(await PreflightDesk.with(platform, (desk) => preflightLines(desk, due)));
}

/** How long runs take together: at best side by side, at worst one after the other. */
export const together = (preflights: readonly Preflight[]): TimeRange | null =>
  estimate(preflights.map(({ duration }) => ({ predecessors: [], range: duration })));

/** Lines looked at side by side, so that they share queries. */
const CHUNK = 50;

async function preflightLines(
  desk: PreflightDesk,
  ids: readonly string[],
  choice: GraphChoice = {},
): Promise<Preflight[]> {
  const { platform } = desk;
  const results: Preflight[] = [];
  for (let at = 0; at < ids.length; at += CHUNK) {
    const chunk = ids.slice(at, at + CHUNK);
    const [subjects, facts] = await Promise.all([findOrderLineSubjects(platform, chunk), lineFacts(platform, chunk)]);
    const some = await Promise.all(
      chunk.map(async (id) => {
        const subject = subjects.get(id);
        if (!subject) return [];
        const obstacle = obstacleOf(facts.get(id)!, null);
        if (subject instanceof DomainError) return [refused(id, 'graph', findingsOf('line', subject))];
        return [await preflightLine(desk, subject, choice, obstacle ? findingsOf('line', obstacle) : [])];
      }),
    );
    results.push(...some.flat());
  }
  return results;
}

/** By the way that `dispatch` would go, with what would run beside it or take over. */
async function preflightLine(
  desk: PreflightDesk,
  subject: OrderSubject,
  choice: GraphChoice,
  ofLine: readonly CheckedFinding[],
): Promise<Preflight> {
  const way = choice.workflowId || choice.useDraft ? 'graph' : rolloutOf(subject.orderLine.outputType);
  if (way === 'graph') return preflightGraph(desk, subject, choice, { ofLine });
  const legacy = await preflightLegacy(desk, subject, ofLine);
  const hasShadow = way === 'shadow' && (await getsShadow(desk.platform, subject));
  return hasShadow ? { ...legacy, shadow: await preflightGraph(desk, subject, {}, { isShadow: true }) } : legacy;
}
