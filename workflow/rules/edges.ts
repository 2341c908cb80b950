import type { Contract } from '../../modules/define.js';
import { type Finding, type Fix, pointer } from '../finding.js';
import { movePort, removeEdge } from '../fix.js';
import { type GraphIndex, nodeName, portOf } from '../graphIndex.js';
import { canLink } from '../links.js';
import { backEdges } from '../topology.js';
import type { Rule } from './rule.js';

/** `EDGE_NODE_MISSING`, `EDGE_PORT_UNKNOWN`: both ends of every edge exist. */
export const edgeEndsExist: Rule = function* (index) {
  for (const [edgeIndex, edge] of index.graph.edges.entries()) {
    for (const end of ['from', 'to'] as const) {
      const position = index.ends[edgeIndex]![end];
      if (position === undefined) {
        yield {
          code: 'EDGE_NODE_MISSING',
          severity: 'error',
          message: `A connection ${end === 'from' ? 'begins' : 'ends'} at the node “${edge[end].node}”, which does not exist.`,
          path: pointer('edges', edgeIndex, end, 'node'),
          fix: removeEdge(edgeIndex, edge),
        };
        continue;
      }
      const contract = contractAt(index, edgeIndex, end);
      if (!contract || portOf(contract, edge[end].port)) continue;
      yield {
        code: 'EDGE_PORT_UNKNOWN',
        severity: 'error',
        message: `${nodeName(index, position)} has no ${end === 'from' ? 'output' : 'input'} “${edge[end].port}”.`,
        nodeId: edge[end].node,
        path: pointer('edges', edgeIndex, end, 'port'),
        fix: onlyOtherPort(index, edgeIndex, end) ?? removeEdge(edgeIndex, edge),
      };
    }
  }
};

/** `EDGE_DUPLICATE`: no connection is drawn twice. */
export const edgesAreUnique: Rule = function* (index) {
  const seen = new Set<string>();
  for (const [edgeIndex, edge] of index.graph.edges.entries()) {
    const key = JSON.stringify([edge.from.node, edge.from.port, edge.to.node, edge.to.port]);
    if (!seen.has(key)) {
      seen.add(key);
      continue;
    }
    const [from, to] = (['from', 'to'] as const).map((end) => {
      const position = index.ends[edgeIndex]![end];
      return position === undefined ? `“${edge[end].node}”` : nodeName(index, position);
    });
    yield {
      code: 'EDGE_DUPLICATE',
      severity: 'error',
      message: `${from} and ${to} are connected twice in the same way.`,
      nodeId: edge.to.node,
      path: pointer('edges', edgeIndex),
      fix: removeEdge(edgeIndex, edge),
    };
  }
};

/** `EDGE_INCOMPATIBLE`; `OUTPUT_OPTIONAL`, a warning: what comes out of one end fits into the other. */
export const edgesFit: Rule = function* (index) {
  for (const [edgeIndex, edge] of index.graph.edges.entries()) {
    const from = portAt(index, edgeIndex, 'from');
    const to = portAt(index, edgeIndex, 'to');
    if (!from || !to) continue;
    const ends = index.ends[edgeIndex]!;
    const verdict = canLink(from, to);
    const base = { nodeId: edge.to.node, path: pointer('edges', edgeIndex) } satisfies Partial<Finding>;
    if (!verdict.ok) {
      yield {
        ...base,
        code: 'EDGE_INCOMPATIBLE',
        severity: 'error',
        message: `“${edge.from.port}” of ${nodeName(index, ends.from!)} does not fit “${edge.to.port}” of ${nodeName(index, ends.to!)}: ${verdict.reason}.`,
        fix: onlyOtherPort(index, edgeIndex, 'to') ?? removeEdge(edgeIndex, edge),
      };
    } else if (!from.required && to.required) {
      yield {
        ...base,
        code: 'OUTPUT_OPTIONAL',
        severity: 'warning',
        message: `${nodeName(index, ends.from!)} may yield no “${edge.from.port}”, and then ${nodeName(index, ends.to!)} fails.`,
      };
    }
  }
};

/** `GRAPH_CYCLE`: no node waits for itself. One finding for each edge that closes a cycle. */
export const isAcyclic: Rule = function* (index) {
  const { graph, ends } = index;
  const edgesOf = index.outgoing.map((edges) => edges.filter((edge) => ends[edge]!.to !== undefined));
  const next = edgesOf.map((edges) => edges.map((edge) => ends[edge]!.to!));
  for (const { from, nth, cycle } of backEdges({ size: graph.nodes.length, next })) {
    const edgeIndex = edgesOf[from]![nth]!;
    const edge = graph.edges[edgeIndex]!;
    yield {
      code: 'GRAPH_CYCLE',
      severity: 'error',
      message: `This connection closes a circle: ${[...cycle, cycle[0]!].map((node) => nodeName(index, node)).join(' → ')}.`,
      nodeId: edge.from.node,
      path: pointer('edges', edgeIndex),
      fix: removeEdge(edgeIndex, edge),
    };
  }
};

function contractAt(index: GraphIndex, edgeIndex: number, end: 'from' | 'to'): Contract | undefined {
  const position = index.ends[edgeIndex]![end];
  const module = position === undefined ? undefined : index.definitions[position]?.module;
  return end === 'from' ? module?.outputContract : module?.inputContract;
}

function portAt(index: GraphIndex, edgeIndex: number, end: 'from' | 'to') {
  const contract = contractAt(index, edgeIndex, end);
  return contract && portOf(contract, index.graph.edges[edgeIndex]![end].port);
}

/** Moves the end of the edge to the node's only port that fits the other end and is free. */
function onlyOtherPort(index: GraphIndex, edgeIndex: number, end: 'from' | 'to'): Fix | undefined {
  const edge = index.graph.edges[edgeIndex]!;
  const other = portAt(index, edgeIndex, end === 'from' ? 'to' : 'from');
  const position = index.ends[edgeIndex]![end];
  if (!other || position === undefined) return undefined;
  const fitting = Object.entries(contractAt(index, edgeIndex, end)!).filter(([, port]) =>
    end === 'from' ? canLink(port, other).ok : canLink(other, port).ok,
  );
  const [only, ...others] = fitting;
  if (!only || others.length > 0) return undefined;
  const [name, port] = only;
  const isFree = end === 'from' || port.many || !index.boundPorts(position).has(name);
  return isFree ? movePort(edgeIndex, edge, end, name) : undefined;
}
