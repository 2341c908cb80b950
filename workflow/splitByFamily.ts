import { FAMILIES, type Family } from '../modules/define.js';
import { familyDefinition } from './families.js';
import { type Finding, pointer } from './finding.js';
import type { GraphEdge, WorkflowGraph } from './graph.js';
import { type GraphIndex, indexGraph, nodeName } from './graphIndex.js';
import { type DefinitionLookup, isOfFamily, type NodeDefinition } from './nodeDefinition.js';
import { validateGraph } from './validate.js';

/** What one family gets of a graph that is divided. */
export interface FamilyPart {
  family: Family;
  graph: WorkflowGraph;
  /** `CONNECTION_CUT` (warning) for every connection it lost, then what validation says of it. */
  findings: Finding[];
}

export interface FamilySplit {
  /** One for each family that has nodes of its own. Nodes both need, such as the STEP file, are in both. */
  parts: FamilyPart[];
  /** Connections that no part has, because they went from one family to the other, or led nowhere. */
  cut: GraphEdge[];
}

/** Whether some nodes of the graph belong to another family than others. Such graphs load, but cannot be published. */
export function isMixed(graph: WorkflowGraph, lookup: DefinitionLookup): boolean {
  return graph.nodes.some(({ step }) => {
    const definition = lookup(step);
    return definition !== undefined && !isOfFamily(definition, graph.family);
  });
}

/** Proposes how to divide a mixed graph into one for each family: every node that only one family may use goes there, with everything
 * before it that the family may use too, and with everything behind it. What is left stays in the graph's own family, in the same
 * way. A node that nobody knows goes with those it is connected to.
 * @param palette - definitions that fixes of the parts may add nodes of. */
export function splitByFamily(
  graph: WorkflowGraph,
  lookup: DefinitionLookup,
  palette: readonly NodeDefinition[],
): FamilySplit {
  const index = indexGraph(graph, lookup);
  const positions = [...graph.nodes.keys()];
  const members = new Map(
    FAMILIES.map((family) => {
      const exclusive = positions.filter((position) => isExclusive(index, position, family));
      return [family, withThoseBefore(index, family, withThoseBehind(index, family, exclusive))];
    }),
  );
  const left = positions.filter((position) => ![...members.values()].some((of) => of.has(position)));
  const own = members.get(graph.family)!;
  members.set(graph.family, withThoseBefore(index, graph.family, [...own, ...left]));
  const graphs = [...members].flatMap(([family, of]) => (of.size > 0 ? [partOf(index, family, of)] : []));
  const kept = new Set(graphs.flatMap(({ edges }) => edges));
  const cut = graph.edges.filter((edge) => !kept.has(edge));
  return {
    parts: graphs.map((part) => ({
      family: part.family,
      graph: part,
      findings: [...cutFindings(index, part, cut), ...validateGraph(part, lookup, { palette })],
    })),
    cut,
  };
}

/** Whether only this family may use the node. */
function isExclusive(index: GraphIndex, position: number, family: Family): boolean {
  const definition = index.definitions[position];
  return definition !== undefined && FAMILIES.every((other) => isOfFamily(definition, other) === (other === family));
}

const mayUse = (index: GraphIndex, position: number, family: Family) => {
  const definition = index.definitions[position];
  return definition === undefined || isOfFamily(definition, family);
};

/** The nodes at these positions, and all that the family may use which connections lead to from there. */
const withThoseBehind = (index: GraphIndex, family: Family, positions: Iterable<number>) =>
  reachable(index, family, positions, (position) => index.outgoing[position]!.map((edge) => index.ends[edge]!.to));

/** The nodes at these positions, and all nodes before them that the family may use. */
const withThoseBefore = (index: GraphIndex, family: Family, positions: Iterable<number>) =>
  reachable(index, family, positions, (position) => index.incoming[position]!.map((edge) => index.ends[edge]!.from));

function reachable(
  index: GraphIndex,
  family: Family,
  positions: Iterable<number>,
  next: (position: number) => (number | undefined)[],
): Set<number> {
  const found = new Set(positions);
  // A set may grow while it is walked; what is added is visited too.
  for (const position of found)
    for (const near of next(position)) if (near !== undefined && mayUse(index, near, family)) found.add(near);
  return found;
}

function partOf({ graph, ends }: GraphIndex, family: Family, positions: ReadonlySet<number>): WorkflowGraph {
  const has = (position: number | undefined) => position !== undefined && positions.has(position);
  return {
    format: graph.format,
    family,
    nodes: graph.nodes.filter((_, position) => positions.has(position)),
    edges: graph.edges.filter((_, edge) => has(ends[edge]!.from) && has(ends[edge]!.to)),
  };
}

/** What a part has of the connections that were cut: their ends where they are there, else what they came from. */
function cutFindings(index: GraphIndex, part: WorkflowGraph, cut: readonly GraphEdge[]): Finding[] {
  const places = new Map(part.nodes.map(({ id }, position) => [id, position]));
  const nameOf = (id: string) => {
    const position = index.nodeIndex.get(id);
    return position === undefined ? `the node “${id}”, which does not exist` : nodeName(index, position);
  };
  return cut.flatMap(({ from, to }) => {
    const nodeId = places.has(to.node)
      ? to.node
      : !index.nodeIndex.has(to.node) && places.has(from.node)
        ? from.node
        : undefined;
    if (nodeId === undefined) return [];
    const source = index.nodeIndex.get(from.node);
    const families = source === undefined ? undefined : index.definitions[source]?.module.families;
    const whose = families?.map((family) => `“${familyDefinition(family).label}”`).join(' or ');
    return {
      code: 'CONNECTION_CUT',
      severity: 'warning',
      message:
        nodeId === to.node
          ? `${nameOf(to.node)} gets nothing at “${to.port}” any more: that came from ${nameOf(from.node)}${whose ? `, which belongs into ${whose}` : ''}.`
          : `“${from.port}” of ${nameOf(from.node)} led to ${nameOf(to.node)}.`,
      nodeId,
      path: pointer('nodes', places.get(nodeId)!),
    };
  });
}
