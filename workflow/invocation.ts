import type { ProductionModule } from '../modules/define.js';
import type { JsonObject } from '../modules/json.js';
import { upgradeParams } from '../modules/upgrades.js';
import { type Finding, pointer } from './finding.js';
import type { NodeParams, WorkflowGraph } from './graph.js';
import { type GraphIndex, indexGraph, nodeName } from './graphIndex.js';
import type { DefinitionLookup } from './nodeDefinition.js';
import { checkParams, invocationParamsOf, type ParamIssue, settingTitle } from './params.js';
import { addressOf, notMeantFor } from './reach.js';

/** Who set a param, weakest first. */
export const PARAM_LAYERS = ['module_default', 'node', 'output_type', 'order_line'] as const;
export type ParamOrigin = (typeof PARAM_LAYERS)[number];

/** Values by param name, or by `<node>.<param>` for one node alone, from outside the graph: `OutputType.overrides` and `OrderLine.options`. */
export interface InvocationLayers {
  outputType?: JsonObject;
  orderLine?: JsonObject;
}

export interface EffectiveParams {
  /** By node id, complete. */
  params: Record<string, NodeParams>;
  /** By node id and param name: who set it. */
  origins: Record<string, Record<string, ParamOrigin>>;
  /** By node id and param name, of what a layer set: the name it has there. */
  names: Record<string, Record<string, string>>;
  /** `OVERRIDE_INVALID` (error), `OVERRIDE_UNUSED` (warning), `OVERRIDE_RENAMED` and `OVERRIDE_NARROWED` (info), and what is wrong with the nodes' own params. */
  findings: Finding[];
}

interface Layer {
  origin: Extract<ParamOrigin, 'output_type' | 'order_line'>;
  values: JsonObject;
  /** First token of the path of findings: the field that holds the values. */
  field: 'overrides' | 'options';
  owner: string;
  /** Nodes, by name, that the value is not meant for. */
  notFor: Map<string, ReadonlySet<string>>;
  /** Names whose value is in force at some node, whether the module takes it or refuses it. */
  taken: Set<string>;
  /** By name: the addresses that stand over it somewhere. */
  overruledBy: Map<string, Set<string>>;
}

/** The params every node runs with: module default, then node, then output type, then order line.
 *
 * An override reaches every node whose module marks a param of that name with `x-invocation`; `<node>.<param>` reaches that node
 * alone, and wins there over the plain name in the same layer. Where nodes offer different choices under one name (`format`), a
 * value reaches those that have it; one that none has is an error at each. Layers replace whole params,
 * they do not merge inside one. A value the module refuses is reported and leaves the param as the weaker layers had it, so
 * the result is always complete and valid. Nodes with unknown steps are left out. */
export function resolveParams(
  graph: WorkflowGraph,
  lookup: DefinitionLookup,
  layers: InvocationLayers = {},
): EffectiveParams {
  const index = indexGraph(graph, lookup);
  const stack = layersOf(layers, graph, lookup);
  const findings = new FindingList();
  const params: [string, NodeParams][] = [];
  const origins: [string, Record<string, ParamOrigin>][] = [];
  const names: [string, Record<string, string>][] = [];

  for (const [position, node] of graph.nodes.entries()) {
    const module = index.definitions[position]?.module;
    if (!module) continue;
    let current = settle(module, node.params, {}, ({ code, path, message }) =>
      findings.add({
        code,
        severity: 'error',
        message: `${nodeName(index, position)}: ${message}`,
        nodeId: node.id,
        path: pointer('nodes', position, 'params', ...path),
      }),
    );
    const origin: Record<string, ParamOrigin> = {};
    for (const name of Object.keys(current.effective)) {
      origin[name] = Object.hasOwn(current.given, name) ? 'node' : 'module_default';
    }
    const nameOf: Record<string, string> = {};
    const open = invocationParamsOf(module);
    for (const layer of stack) {
      const { values, names: keys } = valuesFor(node.id, layer);
      const { overrides, takes, renamed } = overridesFor(module, open, values);
      const set = Object.keys(overrides);
      if (set.length === 0) continue;
      const older = new Map(renamed.map(([to, [from]]) => [to, from!]));
      const keyOf = new Map(set.map((name) => [name, keys.get(older.get(name) ?? name)![0]!]));
      for (const name of takes) note(layer, keys.get(name)!);
      for (const [to, from] of renamed) findings.add(renamedFinding(layer, module, from, to, keyOf.get(to)!));
      const next = settle(module, overrides, current.given, (issue) =>
        findings.add(overrideFinding(index, position, layer, keyOf, issue)),
      );
      for (const name of set) {
        if (!next.applied.has(name)) continue;
        origin[name] = layer.origin;
        nameOf[name] = keyOf.get(name)!;
      }
      current = next;
    }
    params.push([node.id, current.effective]);
    origins.push([node.id, origin]);
    names.push([node.id, nameOf]);
  }
  for (const layer of stack) {
    for (const name of Object.keys(layer.values)) {
      if (!layer.taken.has(name)) findings.add(unusedFinding(layer, name));
      else for (const nodeId of layer.notFor.get(name)!) findings.add(narrowedFinding(index, nodeId, layer, name));
    }
  }
  return {
    params: Object.fromEntries(params),
    origins: Object.fromEntries(origins),
    names: Object.fromEntries(names),
    findings: findings.all,
  };
}

/** The values of a layer for one node by param name, and the names the layer has them under, the one in force first. */
function valuesFor(nodeId: string, { values, notFor }: Layer): { values: JsonObject; names: Map<string, string[]> } {
  const prefix = addressOf({ nodeId, param: '' });
  const keys = Object.keys(values);
  const addressed = keys.filter((key) => key.startsWith(prefix));
  const plain = keys.filter((key) => !key.startsWith(prefix) && !notFor.get(key)!.has(nodeId));
  const names = new Map<string, string[]>();
  for (const key of [...addressed, ...plain]) {
    const name = addressed.includes(key) ? key.slice(prefix.length) : key;
    names.set(name, [...(names.get(name) ?? []), key]);
  }
  return { values: Object.fromEntries([...names].map(([name, [key]]) => [name, values[key!]!])), names };
}

/** Keeps in mind which name a node takes a param from, and which it would have taken it from. */
function note({ taken, overruledBy }: Layer, [inForce, ...overruled]: readonly string[]): void {
  taken.add(inForce!);
  for (const name of overruled) overruledBy.set(name, (overruledBy.get(name) ?? new Set()).add(inForce!));
}

/** The values of a layer that a module takes, by its names of today: those it knows, and those that its upgrades know under older names. */
function overridesFor(module: ProductionModule, open: readonly string[], values: JsonObject) {
  const own = Object.entries(values).filter(([name]) => open.includes(name));
  const known = (module.paramSchema.properties ?? {}) as JsonObject;
  const older = Object.entries(values).filter(([name]) => !Object.hasOwn(known, name));
  const upgraded = upgradeParams(module, Object.fromEntries(older), 1);
  const renamed = Object.entries(upgraded.origins).filter(([to]) => open.includes(to) && !Object.hasOwn(values, to));
  return {
    overrides: Object.fromEntries([...own, ...renamed.map(([to]) => [to, upgraded.params[to]!] as const)]),
    takes: [...own.map(([name]) => name), ...renamed.flatMap(([, from]) => from)],
    renamed,
  };
}

function layersOf(
  { outputType = {}, orderLine = {} }: InvocationLayers,
  graph: WorkflowGraph,
  lookup: DefinitionLookup,
): Layer[] {
  const layer = (named: Pick<Layer, 'origin' | 'field' | 'owner' | 'values'>): Layer => ({
    ...named,
    notFor: notMeantFor(named.values, graph, lookup),
    taken: new Set(),
    overruledBy: new Map(),
  });
  return [
    layer({ origin: 'output_type', field: 'overrides', owner: 'the output type', values: outputType }),
    layer({ origin: 'order_line', field: 'options', owner: 'the order line', values: orderLine }),
  ];
}

interface Settled {
  /** What was set on purpose, valid. */
  given: NodeParams;
  /** `given` with the module's defaults. */
  effective: NodeParams;
  /** Names of the new values that are in force. */
  applied: Set<string>;
}

/** Lays new values over given ones. Refused values are reported and left out; if the rest still does not go together, all new values are. */
function settle(
  module: ProductionModule,
  values: NodeParams,
  given: NodeParams,
  report: (issue: ParamIssue) => void,
): Settled {
  const first = checkParams(module, { ...given, ...values });
  if (first.ok) return settled(given, values, first.params);
  const own = first.issues.filter(({ path }) => path[0] === undefined || Object.hasOwn(values, path[0]));
  for (const issue of own) report(issue);
  const refused = new Set(own.map(({ path }) => path[0]));
  const rest = Object.fromEntries(Object.entries(values).filter(([name]) => !refused.has(name)));
  const isWhole = refused.has(undefined);
  const second = isWhole ? undefined : checkParams(module, { ...given, ...rest });
  if (second?.ok) return settled(given, rest, second.params);
  for (const issue of second?.issues ?? []) report(issue);
  const without = checkParams(module, given);
  return settled(given, {}, without.ok ? without.params : { ...module.defaults });
}

function settled(given: NodeParams, values: NodeParams, effective: NodeParams): Settled {
  return { given: { ...given, ...values }, effective, applied: new Set(Object.keys(values)) };
}

function overrideFinding(
  index: GraphIndex,
  position: number,
  layer: Layer,
  keyOf: ReadonlyMap<string, string>,
  issue: ParamIssue,
): Finding {
  const [name, ...rest] = issue.path;
  const key = name === undefined ? undefined : keyOf.get(String(name));
  // Params that do not go together are shown at the override when it is the only one.
  const place = key !== undefined ? [key, ...rest] : keyOf.size === 1 ? keyOf.values() : [];
  return {
    code: 'OVERRIDE_INVALID',
    severity: 'error',
    // All nodes of a kind have the same to say.
    message: `A setting of ${layer.owner} does not fit “${index.labels[position]}”: ${issue.message}`,
    nodeId: index.graph.nodes[position]!.id,
    path: pointer(layer.field, ...place),
  };
}

function renamedFinding(
  layer: Layer,
  module: ProductionModule,
  from: readonly string[],
  to: string,
  key: string,
): Finding {
  return {
    code: 'OVERRIDE_RENAMED',
    severity: 'info',
    message: `The setting ${from.map((name) => `“${name}”`).join(' and ')} of ${layer.owner} is called ${settingTitle(module, to)} now.`,
    path: pointer(layer.field, key),
  };
}

function narrowedFinding(index: GraphIndex, nodeId: string, layer: Layer, name: string): Finding {
  return {
    code: 'OVERRIDE_NARROWED',
    severity: 'info',
    message: `${nodeName(index, index.nodeIndex.get(nodeId)!)} does not offer what ${layer.owner} sets as “${name}”, and keeps its own. To set it there: “${addressOf({ nodeId, param: name })}”.`,
    nodeId,
    path: pointer(layer.field, name),
  };
}

function unusedFinding(layer: Layer, name: string): Finding {
  const over = [...(layer.overruledBy.get(name) ?? [])].map((address) => `“${address}”`).join(' and ');
  return {
    code: 'OVERRIDE_UNUSED',
    severity: 'warning',
    message: `No node of the workflow takes the setting “${name}” of ${layer.owner}${over === '' ? '' : `: ${over} stand over it`}.`,
    path: pointer(layer.field, name),
  };
}

/** One wrong override fails in the same way at many nodes of one kind; people need to read it once. */
class FindingList {
  readonly all: Finding[] = [];
  readonly #seen = new Set<string>();

  add(finding: Finding): void {
    const key = JSON.stringify([finding.code, finding.path, finding.message]);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.all.push(finding);
  }
}
