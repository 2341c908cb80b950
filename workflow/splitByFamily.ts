import { FAMILIES, type Family } from '../modules/define.js';
import type { GraphEdge, WorkflowGraph } from './graph.js';
import { type GraphIndex, indexGraph } from './graphIndex.js';
import { type DefinitionLookup, isOfFamily } from './nodeDefinition.js';

export interface FamilySplit {
  /** One graph for each family that has nodes of its own. Nodes both need, such as the STEP file, are in both. */
  graphs: Partial<Record<Family, WorkflowGraph>>;
  /** Connections that neither graph has, because they went from one family to the other. A person must replace what they carried. */
  cut: GraphEdge[];
}

/** Whether some nodes of the graph belong to another family than others. Such graphs load, but cannot be published. */
export function isMixed(graph: WorkflowGraph, lookup: DefinitionLookup): boolean {
  return graph.nodes.some(({ step }) => {
    const definition = lookup(step);
    return definition !== undefined && !isOfFamily(definition, graph.family);
  });
}

/** Proposes how to divide a mixed graph into one for each family: every node that only one family may use goes there,
 * with everything before it that the family may use too. What is left, and nodes nobody knows, stay in the graph's own family, in
 * the same way. */
export function splitByFamily(graph: WorkflowGraph, lookup: DefinitionLookup): FamilySplit {
  const index = indexGraph(graph, lookup);
  const positions = [...graph.nodes.keys()];
  const members = new Map(
    FAMILIES.map((family) => [
      family,
      withThoseBefore(
        index,
        family,
        positions.filter((position) => isExclusive(index, position, family)),
      ),
    ]),
  );
  const left = positions.filter((position) => ![...members.values()].some((of) => of.has(position)));
  const own = members.get(graph.family)!;
  members.set(graph.family, withThoseBefore(index, graph.family, [...own, ...left]));
  const graphs: FamilySplit['graphs'] = {};
  for (const [family, positions] of members) {
    if (positions.size > 0) graphs[family] = partOf(index, family, positions);
  }
  const kept = new Set(Object.values(graphs).flatMap(({ edges }) => edges));
  return { graphs, cut: graph.edges.filter((edge) => !kept.has(edge)) };
}

/** Whether only this family may use the node. */
function isExclusive(index: GraphIndex, position: number, family: Family): boolean {
  const definition = index.definitions[position];
  return definition !== undefined && FAMILIES.every((other) => isOfFamily(definition, other) === (other === family));
}

/** The nodes at these positions, and all nodes before them that the family may use. */
function withThoseBefore(index: GraphIndex, family: Family, positions: readonly number[]): Set<number> {
  const found = new Set(positions);
  // A set may grow while it is walked; what is added is visited too.
  for (const position of found) {
    for (const edge of index.incoming[position]!) {
      const before = index.ends[edge]!.from;
      const definition = before === undefined ? undefined : index.definitions[before];
      if (definition && isOfFamily(definition, family)) found.add(before!);
    }
  }
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
