import { Plan, setLoaderMappings } from '@pothos/selection-mapper';
import { type GraphQLResolveInfo, type SelectionSetNode, visit } from 'graphql';
import type { Context, Viewer } from '../context.js';

/** Plans that are kept of one field of a document, by variables and by who asks. */
const MAX_PLANS = 32;
const MAX_KEY = 2_000;

type FromInfo = typeof Plan.fromInfo;
type Options = Parameters<FromInfo>[1];
type Mappings = Parameters<typeof setLoaderMappings>[2];

/** What has to be read for a field, and which fields beneath it find what they need in what is read. */
interface KeptPlan {
  /** Always the same object, so that the statement for it is built once too (runtime/reads/select.ts). */
  query: object;
  mappings: Mappings;
}

/** All that is kept of one field of a document. */
interface Kept {
  /** Variables that decide on what is selected beneath the field. */
  variables: readonly string[];
  plans: Map<string, KeptPlan>;
}

const keptOf = new WeakMap<object, Kept>();

/** Has Pothos plan what to read for a field once for each document, variables that are used beneath the field, and kind of viewer,
 * and not for each request: planning takes longer than to write down a row. What fields select may depend on nothing else, the time
 * least of all (keptPlans.test.ts holds them to it).
 *
 * Pothos offers no place for this, but all its ways to a plan lead through this one method, and a plan is asked for nothing but its
 * query (`@pothos/plugin-prisma`, `util/map-query.js`). */
export function keepPlans(): void {
  const planAnew = Plan.fromInfo as (adapter: PlanAdapter, options: Options) => ReturnType<FromInfo>;
  const plan = (adapter: PlanAdapter, options: Options) => {
    const { context, info } = options;
    const kept = keptFor(info);
    const key = keyOf(kept.variables, options);
    const known = kept.plans.get(key);
    if (known) return new PlanOfBefore(context, info, known) as unknown as ReturnType<FromInfo>;
    const made = planAnew(adapter, options);
    // A promise, where a selection has to wait for something.
    if (made instanceof Plan && key.length <= MAX_KEY) {
      if (kept.plans.size >= MAX_PLANS) kept.plans.clear();
      const { root, mappings } = made.play();
      const one: KeptPlan = { query: frozen(adapter.toQuery(root)), mappings };
      kept.plans.set(key, one);
      return new PlanOfBefore(context, info, one) as unknown as ReturnType<FromInfo>;
    }
    return made;
  };
  Plan.fromInfo = plan as unknown as FromInfo;
}

/** Of Prisma's plugin, whose queries are plain objects. */
interface PlanAdapter {
  toQuery(root: unknown): object;
}

class PlanOfBefore {
  constructor(
    private readonly context: object,
    private readonly info: GraphQLResolveInfo,
    private readonly plan: KeptPlan,
  ) {}

  query(seed?: undefined, info = this.info): object {
    if (seed !== undefined) throw new Error('A plan that was kept cannot be joined with another selection.');
    setLoaderMappings(this.context, info, this.plan.mappings);
    return this.plan.query;
  }
}

function keptFor({ fieldNodes, fragments }: GraphQLResolveInfo): Kept {
  let kept = keptOf.get(fieldNodes);
  if (!kept) {
    const variables = new Set<string>();
    for (const { selectionSet } of fieldNodes)
      if (selectionSet) collectVariables(selectionSet, fragments, variables, new Set());
    kept = { variables: [...variables], plans: new Map() };
    keptOf.set(fieldNodes, kept);
  }
  return kept;
}

function collectVariables(
  selections: SelectionSetNode,
  fragments: GraphQLResolveInfo['fragments'],
  variables: Set<string>,
  seen: Set<string>,
): void {
  visit(selections, {
    Variable: ({ name }) => void variables.add(name.value),
    FragmentSpread: ({ name: { value } }) => {
      if (seen.has(value)) return;
      seen.add(value);
      collectVariables(fragments[value]!.selectionSet, fragments, variables, seen);
    },
  });
}

function keyOf(variables: readonly string[], { context, info, typeName, path, paths, initial }: Options): string {
  const { variableValues, parentType } = info;
  const values = variables.map((name) => (name in variableValues ? [variableValues[name]] : []));
  return JSON.stringify([kindOf((context as Context).viewer), parentType.name, typeName, path, paths, initial, values]);
}

const kinds = new WeakMap<Viewer, string>();

/** The same for all who may see the same. */
function kindOf(viewer: Viewer | null): string {
  if (!viewer) return '';
  let kind = kinds.get(viewer);
  if (kind === undefined) {
    kind = [viewer.accountId, viewer.tokenId, viewer.role, ...viewer.scopes].join(' ');
    kinds.set(viewer, kind);
  }
  return kind;
}

/** Whoever gets the query next gets the same. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value) && !(value instanceof Date)) {
    Object.freeze(value);
    for (const one of Object.values(value)) frozen(one);
  }
  return value;
}
