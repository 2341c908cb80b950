import type { RunMode } from '../../generated/prisma/enums.js';
import { DomainError } from '../../modules/errors.js';
import { estimate, type TimeRange } from '../../workflow/estimate.js';
import { familiesAbout, familyDefinition } from '../../workflow/families.js';
import type { Finding } from '../../workflow/finding.js';
import type { WorkflowGraph } from '../../workflow/graph.js';
import { type LegacyRequest, legacyDeliverables } from '../../workflow/legacy/invocation.js';
import type { Plan, PlannedNode } from '../../workflow/plan.js';
import {
  type CheckedFinding,
  type CheckResult,
  checkResults,
  type PreflightCheck,
} from '../../workflow/preflightChecks.js';
import { shadowPlan } from '../../workflow/shadowPlan.js';
import { NotFoundError, ValidationError } from '../errors.js';
import { legacyCheckPlan } from '../legacy/checkPlan.js';
import { prepareLegacyRun } from '../legacy/start.js';
import type { Subject } from '../runs/entry.js';
import { type ForeseenNode, foresee } from '../runs/foresee.js';
import {
  type Dependence,
  type Expected,
  type Forecast,
  forecastOf,
  type Identity,
  type Outcome,
} from '../runs/outcomes.js';
import { type GraphChoice, type OrderSubject, prepareGraphRun } from '../runs/prepareRun.js';
import { hashPlan } from '../runs/startRun.js';
import {
  checksOfPlan,
  findingsOfContract,
  findingsOfFiles,
  findingsOfNodes,
  findingsOfWorkers,
  graphDeliverables,
  PARTS_UNKNOWN,
  type Work,
} from './checks.js';
import type { PreflightDesk } from './desk.js';

/** A node of the run there would be. */
export interface PreflightNode {
  planned: PlannedNode;
  graph: WorkflowGraph;
  forecast: Forecast;
  outcomes: Outcome[];
  dependsOn: PreflightDependence[];
  identity: Identity | null;
  /** From history, where it runs; null: nothing like it ran lately, or it does not run. */
  duration: TimeRange | null;
}

/** A step of the legacy pipeline. */
export interface PreflightStep {
  step: string;
  moduleKey: string;
  outcome: Extract<Outcome, 'runs' | 'skipped'>;
  /** From history; null: nothing like it ran lately, or it does not run. */
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
  mode: RunMode;
  /** What was looked at, and how it came out. */
  checks: CheckResult[];
  /** Errors stand in the way. */
  findings: CheckedFinding[];
  /** In the order of the plan; empty where there is none. */
  nodes: PreflightNode[];
  /** Of the legacy pipeline, in its order; empty for others. */
  steps: PreflightStep[];
  /** Null: not known. */
  duration: TimeRange | null;
  /** The run by graph beside this one, for comparison; null: there is none. Whatever is wrong with it, this run goes on. */
  shadow: Preflight | null;
  /** The run that takes over should this one fail; null: none does. */
  fallback: Preflight | null;
}

/** By the graph; `isShadow`: beside a legacy run. */
export async function preflightGraph(
  desk: PreflightDesk,
  about: Subject,
  choice: GraphChoice,
  { ofLine = [], isShadow = false }: { ofLine?: readonly CheckedFinding[]; isShadow?: boolean } = {},
): Promise<Preflight> {
  const { platform, libraries } = desk;
  const mode = isShadow ? 'shadow' : 'graph';
  const orderLineId = about.orderLine?.id ?? null;
  const subject = { ...about, libraries };
  const before = [...ofLine, ...(await findingsOfFiles(platform.store, [about.cadFile.source]))];
  let prepared: Awaited<ReturnType<typeof prepareGraphRun>>;
  try {
    prepared = await prepareGraphRun(platform, subject, choice);
  } catch (error) {
    if (!(error instanceof DomainError) || error instanceof NotFoundError) throw error;
    return refused(orderLineId, mode, [...findingsOf('graph', error), ...before]);
  }
  const { compiled, entry, workflowId } = prepared;
  const { graph, plan } = isShadow ? shadowPlan(compiled) : compiled;
  const foreseen = await foresee(desk, plan, entry);
  const renders = new Map(plan.nodes.map(({ id, params }) => [id, params]));
  const findings = [
    ...before,
    ...compiled.findings.map((finding): CheckedFinding => ({ ...finding, check: 'graph' })),
    ...(about.orderLine
      ? findingsOfContract(about.orderLine, graphDeliverables(about.orderLine, compiled.graph, platform.definition))
      : []),
    ...(await findingsOfNodes(desk, foreseen, renders)),
  ];
  const checks: PreflightCheck[] = [
    ...checksOfPlan(foreseen, platform.definition),
    ...(about.orderLine ? (['contract'] as const) : []),
  ];
  const found = await summed(desk, { orderLineId, mode, findings, checks, graph, plan, foreseen, workflowId });
  const mayFallBack = !isShadow && plan.nodes.some(({ onFailure }) => onFailure === 'fallback_legacy');
  return mayFallBack && about.orderLine
    ? withFallback(found, await preflightLegacy(desk, about as OrderSubject))
    : found;
}

/** What stands in the way of the run that would take over is worth knowing, and does not stand in the way of this one. */
function withFallback(found: Preflight, fallback: Preflight): Preflight {
  const known = new Set(found.findings.map(({ message }) => message));
  const warnings = fallback.findings
    .filter(({ severity, message }) => severity === 'error' && !known.has(message))
    .map(
      ({ check, message }): CheckedFinding => ({
        ...{ check, code: 'FALLBACK_NOT_READY', severity: 'warning' },
        message: `Should the run fail, the legacy pipeline could not take over: ${message}`,
      }),
    );
  const checks = found.checks.map(({ check, state }) => ({
    check,
    state: state === 'passed' && warnings.some((warning) => warning.check === check) ? ('warned' as const) : state,
  }));
  return { ...found, checks, findings: [...found.findings, ...warnings], fallback };
}

/** By the legacy pipeline. */
export async function preflightLegacy(
  desk: PreflightDesk,
  about: OrderSubject,
  ofLine: readonly CheckedFinding[] = [],
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
  const { graph, plan, entry, settings, unused } = prepared;
  const check = legacyCheckPlan(settings, platform.definition);
  const decided = await foresee(desk, check.plan, entry);
  const findings = [
    ...before,
    ...unused.map((finding): CheckedFinding => ({ ...finding, check: 'graph' })),
    ...findingsOfContract(about.orderLine, legacyDeliverables(settings as LegacyRequest)),
    ...(await findingsOfNodes(desk, decided, new Map(Object.entries(check.params)))),
  ];
  const checks = [...checksOfPlan(decided, platform.definition), 'contract' as const];
  const foreseen = await foresee(desk, plan, entry);
  const { work } = check;
  const found = await summed(desk, {
    orderLineId,
    mode: 'legacy',
    findings,
    checks,
    graph,
    plan,
    foreseen,
    work,
    workflowId: null,
  });
  const steps = await stepsOf(desk, hashPlan(graph, plan), work, decided);
  const duration = inTurn(steps);
  return { ...found, steps, duration, nodes: found.nodes.map((node) => ({ ...node, duration })) };
}

/** How long steps take one after the other. */
const inTurn = (steps: readonly PreflightStep[]): TimeRange | null =>
  estimate(
    steps
      .filter(({ outcome }) => outcome === 'runs')
      .map(({ duration }, at) => ({ predecessors: at === 0 ? [] : [at - 1], range: duration })),
  );

/** One after the other, up to the one that would fail. */
async function stepsOf(
  desk: PreflightDesk,
  planHash: string,
  work: readonly Work[],
  decided: readonly ForeseenNode[],
): Promise<PreflightStep[]> {
  const failing = decided.flatMap(({ node, problem }) => (problem ? work.findIndex(({ id }) => id === node.id) : []));
  const last = Math.min(...failing, work.length - 1);
  const ranges = await desk.history.stepRanges(planHash, work);
  return work.map(({ id, moduleKey }, at) => ({
    ...{ step: id, moduleKey },
    ...(at > last ? { outcome: 'skipped', duration: null } : { outcome: 'runs', duration: ranges[at]! }),
  }));
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
    const { node, outcomes, identity } = one;
    const dependsOn = one.dependsOn.map(({ code, on }) => ({ code, on: on.map((idx) => plan.nodes[idx]!), graph }));
    const duration = mayRun(one) ? ranges[node.idx]! : null;
    return { planned: node, graph, outcomes, dependsOn, identity, forecast: forecastOf(outcomes), duration };
  });
  const findings = [...found, ...findingsOfWorkers(desk.workforce, work ?? running)];
  const isOpen = findings.some(({ code }) => code === PARTS_UNKNOWN);
  const seen = Object.fromEntries([...EVERY_RUN, ...more].map((check) => [check, check !== 'materials' || !isOpen]));
  const checks = checkResults(familyDefinition(plan.family).preflightChecks, findings, seen);
  return { ...alone, orderLineId, mode, checks, findings, nodes, duration: durationOf(nodes) };
}

/** How long nodes take together; what may not run takes no time at best. */
export function durationOf(nodes: readonly PreflightNode[]): TimeRange | null {
  const times = nodes.map(({ planned: { predecessors }, outcomes, duration }) => {
    if (!outcomes.includes('runs')) return { predecessors, range: { minMs: 0, maxMs: 0 } };
    return { predecessors, range: duration && outcomes.length > 1 ? { ...duration, minMs: 0 } : duration };
  });
  return estimate(times);
}

/** A run by itself. */
const alone = { steps: [], shadow: null, fallback: null };

const mayRun = ({ outcomes }: Expected) => outcomes.includes('runs');

/** Looked at before every run; `line` only where the family expects it. */
const EVERY_RUN: readonly PreflightCheck[] = ['line', 'graph', 'files', 'workers'];

/** There can be no run, so most was not looked at: of what runs about the same are checked for. */
export function refused(orderLineId: string | null, mode: Preflight['mode'], findings: CheckedFinding[]): Preflight {
  const families = familiesAbout(orderLineId ? 'orderLine' : 'cadFile');
  const expected = [...new Set(families.flatMap((family) => familyDefinition(family).preflightChecks))];
  const checks = checkResults(expected, findings, Object.fromEntries(expected.map((check) => [check, false])));
  return { ...alone, orderLineId, mode, checks, findings, nodes: [], duration: null };
}

export function findingsOf(check: PreflightCheck, error: DomainError): CheckedFinding[] {
  const findings: Finding[] = error instanceof ValidationError ? (error.findings ?? []) : [];
  const all: Finding[] =
    findings.length > 0 ? findings : [{ code: error.code, severity: 'error', message: error.message }];
  return all.map((finding) => ({ ...finding, check }));
}
