import { DomainError } from '../modules/errors.js';
import { estimate, type TimeRange } from '../workflow/estimate.js';
import { familyDefinition } from '../workflow/families.js';
import type { Finding } from '../workflow/finding.js';
import type { WorkflowGraph } from '../workflow/graph.js';
import type { Plan, PlannedNode } from '../workflow/plan.js';
import {
  type CheckedFinding,
  type CheckResult,
  checkResults,
  type PreflightCheck,
} from '../workflow/preflightChecks.js';
import { rolloutOf } from './dispatch.js';
import type { Subject } from './entry.js';
import { NotFoundError, ValidationError } from './errors.js';
import { type ForeseenNode, foresee } from './foresee.js';
import { legacyCheckPlan } from './legacy/checkPlan.js';
import { prepareLegacyRun } from './legacy/start.js';
import { lineFacts, obstacleOf } from './lineFacts.js';
import { dueLines } from './orderDispatch.js';
import { type Dependence, type Expected, type Forecast, forecastOf, type Outcome } from './outcomes.js';
import { type Beholder, OWNER } from './ownership.js';
import type { Platform } from './platform.js';
import {
  checksOfPlan,
  findingsOfContract,
  findingsOfFiles,
  findingsOfNodes,
  findingsOfWorkers,
  PARTS_UNKNOWN,
  type Work,
} from './preflightChecks.js';
import { PreflightDesk } from './preflightDesk.js';
import {
  findOrderLineSubjects,
  findSubject,
  type GraphChoice,
  type OrderSubject,
  prepareGraphRun,
  type SubjectRequest,
} from './prepareRun.js';
import { hashPlan } from './startRun.js';

/** A node of the run there would be. */
export interface PreflightNode {
  planned: PlannedNode;
  graph: WorkflowGraph;
  forecast: Forecast;
  outcomes: Outcome[];
  dependsOn: PreflightDependence[];
  /** From history, where it runs; null: nothing like it ran lately, or it does not run. */
  duration: TimeRange | null;
}

/** What decides between several outcomes of a node. */
export interface PreflightDependence extends Pick<Dependence, 'code'> {
  on: PlannedNode[];
  graph: WorkflowGraph;
}

/** What a run would do, and what stands in its way; nothing of it is stored. */
export interface Preflight {
  /** Null: over a CAD file. */
  orderLineId: string | null;
  mode: 'graph' | 'legacy';
  /** What was looked at, and how it came out. */
  checks: CheckResult[];
  /** Errors stand in the way. */
  findings: CheckedFinding[];
  /** In the order of the plan; empty where there is none. */
  nodes: PreflightNode[];
  /** Null: not known. */
  duration: TimeRange | null;
}

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
  const due = await dueLines(platform, orderId, buyer);
  return PreflightDesk.with(platform, (desk) => preflightLines(desk, due));
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

/** By the way that `dispatch` would go. */
async function preflightLine(
  desk: PreflightDesk,
  subject: OrderSubject,
  choice: GraphChoice,
  ofLine: readonly CheckedFinding[],
): Promise<Preflight> {
  const isLegacy = !choice.workflowId && !choice.useDraft && rolloutOf(subject.orderLine.outputType) !== 'graph';
  return isLegacy ? preflightLegacy(desk, subject, ofLine) : preflightGraph(desk, subject, choice, ofLine);
}

async function preflightGraph(
  desk: PreflightDesk,
  about: Subject,
  choice: GraphChoice,
  ofLine: readonly CheckedFinding[] = [],
): Promise<Preflight> {
  const { platform, libraries } = desk;
  const orderLineId = about.orderLine?.id ?? null;
  const subject = { ...about, libraries };
  const before = [...ofLine, ...(await findingsOfFiles(platform.store, [about.cadFile.source]))];
  let prepared: Awaited<ReturnType<typeof prepareGraphRun>>;
  try {
    prepared = await prepareGraphRun(platform, subject, choice);
  } catch (error) {
    if (!(error instanceof DomainError) || error instanceof NotFoundError) throw error;
    return refused(orderLineId, 'graph', [...findingsOf('graph', error), ...before]);
  }
  const { compiled, entry, workflowId } = prepared;
  const { graph, plan } = compiled;
  const foreseen = await foresee(desk, plan, entry);
  const renders = new Map(plan.nodes.map(({ id, params }) => [id, params]));
  const findings = [
    ...before,
    ...compiled.findings.map((finding): CheckedFinding => ({ ...finding, check: 'graph' })),
    ...(about.orderLine ? findingsOfContract(about.orderLine, graph, platform.definition) : []),
    ...(await findingsOfNodes(desk, foreseen, renders)),
  ];
  const checks: PreflightCheck[] = [
    ...checksOfPlan(foreseen, platform.definition),
    ...(about.orderLine ? (['contract'] as const) : []),
  ];
  return summed(desk, { orderLineId, mode: 'graph', findings, checks, graph, plan, foreseen, workflowId });
}

async function preflightLegacy(
  desk: PreflightDesk,
  about: OrderSubject,
  ofLine: readonly CheckedFinding[],
): Promise<Preflight> {
  const { platform, libraries } = desk;
  const orderLineId = about.orderLine.id;
  const before = [...ofLine, ...(await findingsOfFiles(platform.store, [about.cadFile.source]))];
  let prepared: Awaited<ReturnType<typeof prepareLegacyRun>>;
  try {
    prepared = await prepareLegacyRun(platform, { ...about, libraries });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return refused(orderLineId, 'legacy', [...findingsOf('graph', error), ...before]);
  }
  const { graph, plan, entry, settings } = prepared;
  const check = legacyCheckPlan(settings, platform.definition);
  const decided = await foresee(desk, check.plan, entry);
  const findings = [...before, ...(await findingsOfNodes(desk, decided, new Map(Object.entries(check.params))))];
  const checks = checksOfPlan(decided, platform.definition);
  const foreseen = await foresee(desk, plan, entry);
  const { work } = check;
  return summed(desk, { orderLineId, mode: 'legacy', findings, checks, graph, plan, foreseen, work, workflowId: null });
}

interface Foreseen extends Pick<Preflight, 'orderLineId' | 'mode' | 'findings'> {
  /** Beside those every run has. */
  checks: readonly PreflightCheck[];
  graph: WorkflowGraph;
  plan: Plan;
  foreseen: readonly ForeseenNode[];
  /** What is asked of workers, where the plan does not say it. */
  work?: readonly Work[];
  workflowId: string | null;
}

async function summed(
  desk: PreflightDesk,
  { orderLineId, mode, findings: found, checks: more, graph, plan, foreseen, work, workflowId }: Foreseen,
): Promise<Preflight> {
  const running = foreseen.filter(mayRun).map(({ node }) => node);
  const ranges = await desk.history.ranges(workflowId, hashPlan(graph, plan), plan.nodes);
  const nodes = foreseen.map((one): PreflightNode => {
    const { node, outcomes } = one;
    const dependsOn = one.dependsOn.map(({ code, on }) => ({ code, on: on.map((idx) => plan.nodes[idx]!), graph }));
    const duration = mayRun(one) ? ranges[node.idx]! : null;
    return { planned: node, graph, outcomes, dependsOn, forecast: forecastOf(outcomes), duration };
  });
  const times = nodes.map(({ planned: { predecessors }, outcomes, duration }) => {
    if (!outcomes.includes('runs')) return { predecessors, range: { minMs: 0, maxMs: 0 } };
    return { predecessors, range: duration && outcomes.length > 1 ? { ...duration, minMs: 0 } : duration };
  });
  const findings = [...found, ...findingsOfWorkers(desk.workforce, work ?? running)];
  const isOpen = findings.some(({ code }) => code === PARTS_UNKNOWN);
  const seen = Object.fromEntries([...EVERY_RUN, ...more].map((check) => [check, check !== 'materials' || !isOpen]));
  const checks = checkResults(expectedChecks(orderLineId), findings, seen);
  return { orderLineId, mode, checks, findings, nodes, duration: estimate(times) };
}

const mayRun = ({ outcomes }: Expected) => outcomes.includes('runs');

/** Looked at before every run; `line` only where the family expects it. */
const EVERY_RUN: readonly PreflightCheck[] = ['line', 'graph', 'files', 'workers'];

const expectedChecks = (orderLineId: string | null) =>
  familyDefinition(orderLineId ? 'order_line' : 'cad_file').preflightChecks;

/** There can be no run, so most was not looked at. */
function refused(orderLineId: string | null, mode: Preflight['mode'], findings: CheckedFinding[]): Preflight {
  const expected = expectedChecks(orderLineId);
  const checks = checkResults(expected, findings, Object.fromEntries(expected.map((check) => [check, false])));
  return { orderLineId, mode, checks, findings, nodes: [], duration: null };
}

function findingsOf(check: PreflightCheck, error: DomainError): CheckedFinding[] {
  const findings: Finding[] = error instanceof ValidationError ? (error.findings ?? []) : [];
  const all: Finding[] =
    findings.length > 0 ? findings : [{ code: error.code, severity: 'error', message: error.message }];
  return all.map((finding) => ({ ...finding, check }));
}
