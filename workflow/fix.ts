import { applyPatch } from 'rfc6902';
import { DomainError } from '../modules/errors.js';
import type { JsonObject, JsonValue } from '../modules/json.js';
import { type Fix, type PatchOp, pointer } from './finding.js';
import type { GraphEdge, GraphNode } from './graph.js';
import { type GraphIndex, nodeName } from './graphIndex.js';
import type { NodeDefinition } from './nodeDefinition.js';
import { freePlace } from './placing.js';

/** Applies a fix to the graph it was made for and returns the repaired copy; the given graph stays as it is.
 * @throws {DomainError} `FIX_OUTDATED`: the graph has changed since it was checked; check it again. */
export function applyFix<G>(graph: G, fix: Fix): G {
  const copy = structuredClone(graph);
  const failure = applyPatch(copy, structuredClone(fix.patch)).find((error) => error !== null);
  if (failure) {
    throw new DomainError(
      'FIX_OUTDATED',
      'The workflow has changed since it was checked, so this fix no longer fits.',
      {
        reason: failure.message,
      },
    );
  }
  return copy;
}

const isNode = (index: number, id: string): PatchOp => ({ op: 'test', path: pointer('nodes', index, 'id'), value: id });
const isEdge = (index: number, edge: GraphEdge): PatchOp => ({
  op: 'test',
  path: pointer('edges', index),
  value: edge as unknown as JsonValue,
});

export function removeEdge(edgeIndex: number, edge: GraphEdge): Fix {
  return {
    title: 'Remove this connection',
    patch: [isEdge(edgeIndex, edge), { op: 'remove', path: pointer('edges', edgeIndex) }],
  };
}

/** Moves one end of an edge to another port of the same node. */
export function movePort(edgeIndex: number, edge: GraphEdge, end: 'from' | 'to', port: string): Fix {
  return {
    title: `Connect ${end === 'from' ? 'from' : 'to'} “${port}” instead`,
    patch: [isEdge(edgeIndex, edge), { op: 'replace', path: pointer('edges', edgeIndex, end, 'port'), value: port }],
  };
}

/** Connects an output of the node at a position. */
export function addEdge(index: GraphIndex, from: number, edge: GraphEdge): Fix {
  return {
    title: `Connect “${edge.from.port}” of ${nodeName(index, from)}`,
    patch: [{ op: 'add', path: '/edges/-', value: edge as unknown as JsonValue }],
  };
}

/** How far before and below its successor a node is placed that is added, in the editor's pixels, or farther below where others are. */
const BESIDE = { x: 280, y: 120 };

/** Adds a node and connects what it makes to an input. */
export function addNodeFor(
  index: GraphIndex,
  nodeIndex: number,
  port: string,
  maker: { definition: NodeDefinition; port: string },
): Fix {
  const { id: target, ui } = index.graph.nodes[nodeIndex]!;
  const { step, label, module } = maker.definition;
  const stem = step.replaceAll(/[^A-Za-z0-9-]+/g, '_').slice(0, 56);
  let id = stem;
  for (let number = 2; index.nodeIndex.has(id); number++) id = `${stem}-${number}`;
  const place = ui && { ui: { ...freePlace(index, { x: ui.x - BESIDE.x, y: ui.y + BESIDE.y }, module) } };
  const node: GraphNode = { id, step, version: module.version, params: {}, onFailure: 'halt', ...place };
  const edge: GraphEdge = { from: { node: id, port: maker.port }, to: { node: target, port } };
  return {
    title: `Add “${label}” for it`,
    patch: [
      isNode(nodeIndex, target),
      { op: 'add', path: '/nodes/-', value: node as unknown as JsonValue },
      { op: 'add', path: '/edges/-', value: edge as unknown as JsonValue },
    ],
  };
}

/** Removes a node with its edges. Of several nodes with one id only the first owns the edges. */
export function removeNode(index: GraphIndex, nodeIndex: number): Fix {
  const node = index.graph.nodes[nodeIndex]!;
  const edgeIndexes =
    index.nodeIndex.get(node.id) === nodeIndex ? [...new Set(index.touching(nodeIndex))].sort((a, b) => b - a) : [];
  return {
    title: 'Remove this node',
    patch: [
      isNode(nodeIndex, node.id),
      ...edgeIndexes.map((edgeIndex) => isEdge(edgeIndex, index.graph.edges[edgeIndex]!)),
      ...edgeIndexes.map((edgeIndex): PatchOp => ({ op: 'remove', path: pointer('edges', edgeIndex) })),
      { op: 'remove', path: pointer('nodes', nodeIndex) },
    ],
  };
}

/** Sets one field of a node. */
export function setNodeField(nodeIndex: number, id: string, field: string, value: JsonValue, title: string): Fix {
  return {
    title,
    patch: [isNode(nodeIndex, id), { op: 'replace', path: pointer('nodes', nodeIndex, field), value }],
  };
}

export function removeParam(nodeIndex: number, id: string, name: string, title: string): Fix {
  return {
    title,
    patch: [isNode(nodeIndex, id), { op: 'remove', path: pointer('nodes', nodeIndex, 'params', name) }],
  };
}

/** Writes what an upgrade made of a node into the graph. Fits the graph as it was stored and as it was opened. */
export function setUpgraded(nodeIndex: number, id: string, version: number, params: JsonObject): Fix {
  return {
    title: `Keep it as version ${version}`,
    patch: [
      isNode(nodeIndex, id),
      { op: 'add', path: pointer('nodes', nodeIndex, 'params'), value: params },
      { op: 'add', path: pointer('nodes', nodeIndex, 'version'), value: version },
    ],
  };
}
