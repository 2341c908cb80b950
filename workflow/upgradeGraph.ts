import type { ProductionModule } from '../modules/define.js';
import { type UpgradedParams, upgradeParams } from '../modules/upgrades.js';
import { type Finding, pointer } from './finding.js';
import { setNodeField, setUpgraded } from './fix.js';
import type { GraphNode, WorkflowGraph } from './graph.js';
import { indexGraph, nodeName } from './graphIndex.js';
import type { DefinitionLookup } from './nodeDefinition.js';
import { settingTitle } from './params.js';
import { parseGraph } from './parseGraph.js';

export interface OpenedGraph {
  /** Undefined when the JSON does not have the form of a graph. */
  graph?: WorkflowGraph;
  /** Whether the graph differs from the stored one. */
  isUpgraded: boolean;
  findings: Finding[];
}

/** Reads a stored graph and brings its nodes to the module versions of this installation. Never throws. */
export function openGraph(json: unknown, lookup: DefinitionLookup): OpenedGraph {
  const { graph, findings } = parseGraph(json);
  if (!graph) return { isUpgraded: false, findings };
  const upgraded = upgradeGraph(graph, lookup);
  return { ...upgraded, isUpgraded: upgraded.graph !== graph, findings: [...findings, ...upgraded.findings] };
}

/** Brings the params of every node from the module version they were written for to the one installed.
 *
 * Findings: `NODE_UPGRADED` (info) where params changed, `PARAM_DROPPED` (warning) for every value that has no place any more,
 * `NODE_VERSION_NEWER` (error) where this installation is behind. Paths point into the graph as given. Nodes of unknown steps, and
 * of modules whose params never changed, stay as they are. */
export function upgradeGraph(
  graph: WorkflowGraph,
  lookup: DefinitionLookup,
): { graph: WorkflowGraph; findings: Finding[] } {
  const findings: Finding[] = [];
  const index = indexGraph(graph, lookup);
  const nodes = graph.nodes.map((node, position) => {
    const definition = index.definitions[position];
    const version = node.version ?? 1;
    if (!definition || version === definition.module.version) return node;
    const { module } = definition;
    const name = nodeName(index, position);
    if (version > module.version) {
      findings.push(tooNew(node, position, name, module));
      return node;
    }
    if (!hasChanges(module, version)) return node;
    const upgraded = upgradeParams(module, node.params, version);
    findings.push(...reports(node, position, name, module, upgraded));
    return { ...node, version: module.version, params: upgraded.params };
  });
  const isChanged = nodes.some((node, position) => node !== graph.nodes[position]);
  return { graph: isChanged ? { ...graph, nodes } : graph, findings };
}

const hasChanges = ({ upgrades }: ProductionModule, from: number) =>
  Object.entries(upgrades).some(([version, changes]) => Number(version) >= from && changes.length > 0);

function tooNew(node: GraphNode, position: number, name: string, module: ProductionModule): Finding {
  return {
    code: 'NODE_VERSION_NEWER',
    severity: 'error',
    message: `${name} was made with version ${node.version} of its module, this installation has version ${module.version}. Update HartOMat.`,
    nodeId: node.id,
    path: pointer('nodes', position, 'version'),
    fix: setNodeField(
      position,
      node.id,
      'version',
      module.version,
      `Take its settings as those of version ${module.version}`,
    ),
  };
}

function reports(
  node: GraphNode,
  position: number,
  name: string,
  module: ProductionModule,
  { params, origins, dropped }: UpgradedParams,
): Finding[] {
  const moved = Object.entries(origins).filter(
    ([to, from]) => from.some((old) => old !== to) || JSON.stringify(params[to]) !== JSON.stringify(node.params[to]),
  );
  if (moved.length === 0 && dropped.length === 0) return [];
  const fix = setUpgraded(position, node.id, module.version, params);
  const base = { nodeId: node.id, fix };
  const became = moved.map(
    ([to, from]) => `${from.map((old) => `“${old}”`).join(' and ')} became ${settingTitle(module, to)}`,
  );
  return [
    {
      ...base,
      code: 'NODE_UPGRADED',
      severity: 'info',
      message: `${name} was brought from version ${node.version ?? 1} of its module to ${module.version}${became.length > 0 ? `: ${became.join(', ')}` : ''}.`,
      path: pointer('nodes', position),
    },
    ...dropped.map(
      ({ param, reason, isPart }): Finding => ({
        ...base,
        code: 'PARAM_DROPPED',
        severity: 'warning',
        message: `${name}: the setting “${param}” was dropped${isPart ? ' in part' : ''}, because ${reason}.`,
        path: pointer('nodes', position, 'params', param),
      }),
    ),
  ];
}
