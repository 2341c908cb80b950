import type { Prisma } from '../../generated/prisma/client.js';
import { seesStudio } from '../../runtime/access/ownership.js';
import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { withLegacyPipeline } from '../../runtime/legacy/plan.js';
import { forBuyer } from '../../runtime/preflight/forBuyer.js';
import { preflight, preflightOrder, together } from '../../runtime/preflight/preflight.js';
import type { Preflight, PreflightDependence, PreflightNode, PreflightStep } from '../../runtime/preflight/run.js';
import { DEPENDENCES, type Dependence, FORECASTS, type Forecast } from '../../runtime/runs/outcomes.js';
import type { TimeRange } from '../../workflow/estimate.js';
import { isPassing, SEVERITIES } from '../../workflow/finding.js';
import { nodeDefinition } from '../../workflow/nodeDefinitions.js';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { requireLocalId } from '../globalId.js';
import { mayReach } from '../partnerView.js';
import { CapabilityEnum, RunModeEnum } from './enums.js';
import { FindingObject } from './finding.js';
import { MoneyObject, type MoneyValue, priceOf, sums } from './money.js';
import { PreflightCheckObject } from './preflightCheck.js';

const TimeRangeObject = builder.objectRef<TimeRange>('TimeRange').implement({
  description: 'How long something takes, from when it goes well to when it goes slowly.',
  fields: (t) => ({
    minMs: t.exposeFloat('minMs', { description: 'At best, in milliseconds.' }),
    maxMs: t.exposeFloat('maxMs', { description: 'At worst, in milliseconds.' }),
  }),
});

const FORECAST_DESCRIPTIONS: Record<Forecast, string> = {
  cached: 'Its outputs are there from an earlier run: it takes no time.',
  runs: 'It runs.',
  skipped: 'It does not run: something would fail before it begins.',
  depends: 'Only the run can tell; `outcomes` has what it may be, `dependsOn` why.',
};
const ForecastEnum = builder.enumType('PreflightForecast', {
  description: 'What becomes of a node in the run there would be.',
  values: Object.fromEntries(
    FORECASTS.map((value) => [value, { value, description: FORECAST_DESCRIPTIONS[value] }]),
  ) as { [F in Forecast]: { value: F; description: string } },
});

/** Names are those of the nodes it depends on. */
const DEPENDENCE_WORDS: Record<Dependence['code'], { description: string; message: (names: string) => string }> = {
  inputs: {
    description: 'Whether the nodes before it make the very files that an earlier run went on from.',
    message: (names) => `Cached if ${names} makes the same as for an earlier run.`,
  },
  same_work: {
    description: 'Whether another node of the run has done the same work by then.',
    message: (names) => `Cached if ${names} has done the same work by then.`,
  },
  files: {
    description: 'Whether other nodes have made its missing files again by then.',
    message: (names) => `Cached if ${names} has made its missing files again by then.`,
  },
  other_line: {
    description: 'Whether a line that is started together with it has done the same work by then.',
    message: () => 'Cached if another line has done the same work by then.',
  },
  failure: {
    description: 'How far the run has got when another node fails and ends it.',
    message: (names) => `Skipped if ${names} fails before it begins.`,
  },
};
const DependenceCodeEnum = builder.enumType('PreflightDependenceCode', {
  description: 'What the outcome of a node can depend on.',
  values: Object.fromEntries(
    DEPENDENCES.map((value) => [value, { value, description: DEPENDENCE_WORDS[value].description }]),
  ) as { [C in Dependence['code']]: { value: C; description: string } },
});
const labelOf = (
  { planned: { id, step, part }, graph }: Pick<PreflightNode, 'planned' | 'graph'>,
  { platform }: Context,
) => {
  const own = graph.nodes.find((node) => node.id === (part?.nodeId ?? id))?.ui?.label;
  const label = own || (withLegacyPipeline(platform.definition)(step)?.label ?? step);
  return part ? `${label} · ${part.label}` : label;
};

const DependenceObject = builder.objectRef<PreflightDependence>('PreflightDependence').implement({
  description: 'Why only the run can tell what becomes of a node.',
  fields: (t) => ({
    code: t.field({ type: DependenceCodeEnum, description: 'What it depends on.', resolve: ({ code }) => code }),
    message: t.string({
      description: 'The same in a sentence for people.',
      resolve: ({ code, on, graph }, _args, ctx) => {
        const [first, ...more] = on.map((planned) => `“${labelOf({ planned, graph }, ctx)}”`);
        const others = more.length > 1 ? `one of ${more.length} others` : more[0];
        return DEPENDENCE_WORDS[code].message([first, ...(others ? [others] : [])].join(' or '));
      },
    }),
    nodeIds: t.stringList({
      description: 'The nodes of the run that decide it, by `nodeId`; of `other_line`: none.',
      resolve: ({ on }) => on.map(({ id }) => id),
    }),
  }),
});

const PreflightNodeObject = builder.objectRef<PreflightNode>('PreflightNode').implement({
  description: 'A node of the run there would be.',
  fields: (t) => ({
    nodeId: t.string({
      description: 'Id of the node in the graph; of a part, `<node>/<number>`.',
      resolve: ({ planned }) => planned.id,
    }),
    label: t.string({
      description: "The node's own label, else that of its definition; of a part, with what the part is.",
      resolve: (node, _args, ctx) => labelOf(node, ctx),
    }),
    step: t.string({
      description: 'Its node definition; of a part, that of the whole node.',
      resolve: ({ planned }) => planned.step,
    }),
    moduleKey: t.string({
      description: 'The production module that runs.',
      resolve: ({ planned }) => planned.moduleKey,
    }),
    capability: t.field({
      type: CapabilityEnum,
      description: 'What a worker must have to run it.',
      resolve: ({ planned }) => planned.capability,
    }),
    forecast: t.expose('forecast', { type: ForecastEnum, description: 'What becomes of it.' }),
    outcomes: t.expose('outcomes', {
      type: [ForecastEnum],
      description: 'All that may become of it; several only where `forecast` is `depends`, which is not among them.',
    }),
    dependsOn: t.field({
      type: [DependenceObject],
      description: 'Why it has several outcomes; empty where it has one.',
      resolve: ({ dependsOn }) => dependsOn,
    }),
    isCached: t.boolean({
      description: 'Its outputs are there from an earlier run: it takes no time.',
      resolve: ({ forecast }) => forecast === 'cached',
    }),
    duration: t.field({
      type: TimeRangeObject,
      nullable: true,
      description: 'How long it took lately where it ran; null: nothing like it ran, or it does not run.',
      resolve: ({ duration }) => duration,
    }),
  }),
});

const PreflightStepObject = builder.objectRef<PreflightStep>('PreflightStep').implement({
  description: 'A step that the legacy pipeline would take.',
  fields: (t) => ({
    step: t.exposeString('step', { description: 'The step; node definitions have the same key.' }),
    label: t.string({
      description: 'Its name for people.',
      resolve: ({ step }) => nodeDefinition(step)?.label ?? step,
    }),
    moduleKey: t.exposeString('moduleKey', { description: 'The production module it calls.' }),
    forecast: t.field({
      type: ForecastEnum,
      description: 'It runs, or is skipped behind one that would fail; the pipeline reuses nothing of other runs.',
      resolve: ({ outcome }) => outcome,
    }),
    duration: t.field({
      type: TimeRangeObject,
      nullable: true,
      description: 'How long it took lately in the legacy pipeline; null: nothing like it ran, or it is skipped.',
      resolve: ({ duration }) => duration,
    }),
  }),
});

/** Prices of many lines with one query. */
const PRICE = { id: true, unitPriceCents: true, currency: true, quantity: true } satisfies Prisma.OrderLineSelect;
async function prices({ db }: Context, preflights: readonly Preflight[]): Promise<Map<string, MoneyValue | null>> {
  const ids = preflights.flatMap(({ orderLineId }) => orderLineId ?? []);
  const lines = ids.length ? await db.orderLine.findMany({ where: { id: { in: ids } }, select: PRICE }) : [];
  return new Map(lines.map((line) => [line.id, priceOf(line.unitPriceCents, line.currency, line.quantity)]));
}

interface PricedPreflight extends Preflight {
  price: MoneyValue | null;
}
/** With what lines cost, as whoever asks may see them. */
async function shown(ctx: Context, preflights: readonly Preflight[]): Promise<PricedPreflight[]> {
  const byLine = await prices(ctx, preflights);
  return preflights.map((one) => ({
    ...(seesStudio(ctx.viewer) ? one : forBuyer(one)),
    price: (one.orderLineId && byLine.get(one.orderLineId)) || null,
  }));
}

const PreflightObject = builder.objectRef<PricedPreflight>('Preflight');
PreflightObject.implement({
  description:
    'What a run would do and what stands in its way. Nothing is stored; as long as nothing changes, a run does just that, and one of the `outcomes` where only it can tell.',
  fields: (t) => ({
    isReady: t.boolean({ description: 'Nothing stands in the way.', resolve: ({ findings }) => isPassing(findings) }),
    orderLine: t.prismaField({
      type: 'OrderLine',
      nullable: true,
      description: 'The line it is about; null: a CAD file.',
      resolve: (query, { orderLineId }, _args, { db }) =>
        orderLineId ? db.orderLine.findUnique({ ...query, where: { id: orderLineId } }) : null,
    }),
    mode: t.field({ type: RunModeEnum, description: 'How it would be produced.', resolve: ({ mode }) => mode }),
    checks: t.field({
      type: [PreflightCheckObject],
      description: 'What was looked at, in order: what the family expects, without what the run has nothing of.',
      resolve: ({ checks }) => checks,
    }),
    findings: t.field({
      type: [FindingObject],
      description:
        "What was found in graph, params, files, parts, materials, template, workers and contract, errors first. Errors stand in the way. Who may only order is told of the studio's own settings and workers only that something stands in the way.",
      resolve: ({ findings }) =>
        findings.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)),
    }),
    nodes: t.field({
      type: [PreflightNodeObject],
      description: 'Every node in the order of the plan; empty where there can be no run.',
      resolve: ({ nodes }) => nodes,
    }),
    legacySteps: t.field({
      type: [PreflightStepObject],
      description: 'Of the legacy pipeline: its steps, in their order. Empty for others.',
      resolve: ({ steps }) => steps,
    }),
    shadow: t.field({
      type: PreflightObject,
      nullable: true,
      description:
        'The run by graph that would go beside this one for comparison; null: there is none. Nothing in it stands in the way of this run.',
      resolve: ({ shadow }) => shadow && { ...shadow, price: null },
    }),
    fallback: t.field({
      type: PreflightObject,
      nullable: true,
      description:
        'The legacy run that takes over should this run fail; null: none does. What stands in its way is among `findings` as a warning.',
      resolve: ({ fallback, price }) => fallback && { ...fallback, price },
    }),
    duration: t.field({
      type: TimeRangeObject,
      nullable: true,
      description: 'How long the run takes by what its nodes took lately, without waiting for others; null: not known.',
      resolve: ({ duration }) => duration,
    }),
    price: t.field({
      type: MoneyObject,
      nullable: true,
      description: 'What the line costs; null: on request, no line, or a shadow run, which nobody pays.',
      resolve: ({ price }) => price,
    }),
  }),
});

const OrderPreflightObject = builder.objectRef<{ lines: PricedPreflight[] }>('OrderPreflight').implement({
  description: 'What dispatching an order would do.',
  fields: (t) => ({
    isReady: t.boolean({
      description: 'Nothing stands in the way of any line.',
      resolve: ({ lines }) => lines.every(({ findings }) => isPassing(findings)),
    }),
    lines: t.field({
      type: [PreflightObject],
      description: 'The lines that would be started, in their order.',
      resolve: ({ lines }) => lines,
    }),
    duration: t.field({
      type: TimeRangeObject,
      nullable: true,
      description: 'At best all lines run side by side, at worst one after the other; null: not known.',
      resolve: ({ lines }) => together(lines),
    }),
    total: t.field({
      type: [MoneyObject],
      description: 'What these lines cost, one sum for each currency, without prices on request.',
      resolve: ({ lines }) => sums(lines.map(({ price }) => price)),
    }),
  }),
});

const PreflightInput = builder.inputType('PreflightInput', {
  description: 'What would be run, in the words of `DispatchInput`: exactly one of `orderLineId` and `cadFileId`.',
  fields: (t) => ({
    orderLineId: t.id({ description: 'The order line to produce.' }),
    cadFileId: t.id({ description: 'The CAD file to take in.' }),
    workflowId: t.id({ description: 'Another workflow than that of the output type; needed with `cadFileId`.' }),
    useDraft: t.boolean({ defaultValue: false, description: 'The draft instead of the newest published version.' }),
  }),
});

const authScopes = { $any: { view: true, order: true } };

builder.queryFields((t) => ({
  preflight: t.field({
    type: PreflightObject,
    authScopes,
    description: 'What `dispatch` would do with the same input. Who may only order asks about their own order lines.',
    errors: { types: [ValidationError, NotFoundError, ConflictError, ForbiddenError] },
    complexity: 20,
    args: { input: t.arg({ type: PreflightInput, required: true, description: 'What would be run.' }) },
    resolve: async (_root, { input }, ctx) => {
      const orderLineId = input.orderLineId && requireLocalId('OrderLine', input.orderLineId);
      if (!seesStudio(ctx.viewer)) {
        if (!orderLineId || input.workflowId || input.useDraft)
          throw new ForbiddenError('You may ask about order lines, by the workflow of their output type.');
        if (!(await mayReach(ctx, 'OrderLine', orderLineId))) throw new NotFoundError('order line', input.orderLineId!);
      }
      const found = await preflight(ctx.platform, {
        orderLineId,
        cadFileId: input.cadFileId && requireLocalId('CadFile', input.cadFileId),
        workflowId: input.workflowId && requireLocalId('Workflow', input.workflowId),
        useDraft: input.useDraft ?? false,
      });
      return (await shown(ctx, [found]))[0]!;
    },
  }),
  preflightOrder: t.field({
    type: OrderPreflightObject,
    authScopes,
    description: 'What `dispatchOrder` would do.',
    errors: { types: [NotFoundError, ConflictError] },
    complexity: 50,
    args: { orderId: t.arg.id({ required: true, description: 'Id of the order.' }) },
    resolve: async (_root, { orderId }, ctx) => {
      const found = await preflightOrder(ctx.platform, requireLocalId('Order', orderId), ctx.viewer!);
      return { lines: await shown(ctx, found) };
    },
  }),
}));
