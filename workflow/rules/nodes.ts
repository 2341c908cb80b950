import { familyDefinition, hasEntrySlot } from '../families.js';
import { pointer } from '../finding.js';
import { removeNode, setNodeField } from '../fix.js';
import { nodeName } from '../graphIndex.js';
import { isOfFamily } from '../nodeDefinition.js';
import { bindInput, connectWherePlain } from './bindInput.js';
import type { Rule } from './rule.js';

/** `GRAPH_EMPTY`: there is something to run. */
export const hasNodes: Rule = function* ({ graph }) {
  if (graph.nodes.length === 0) {
    yield { code: 'GRAPH_EMPTY', severity: 'error', message: 'The workflow has no nodes yet.', path: pointer('nodes') };
  }
};

/** `NODE_ID_DUPLICATE`: every id names one node. Edges belong to the first of the same id. */
export const idsAreUnique: Rule = function* ({ graph, nodeIndex }) {
  const taken = new Set(nodeIndex.keys());
  const nextNumber = new Map<string, number>();
  for (const [position, { id }] of graph.nodes.entries()) {
    if (nodeIndex.get(id) === position) continue;
    const freshId = freshIdLike(id, taken, nextNumber);
    yield {
      code: 'NODE_ID_DUPLICATE',
      severity: 'error',
      message: `Two nodes have the id “${id}”.`,
      nodeId: id,
      path: pointer('nodes', position, 'id'),
      fix: setNodeField(position, id, 'id', freshId, `Rename this one to “${freshId}”`),
    };
  }
};

function freshIdLike(id: string, taken: Set<string>, nextNumber: Map<string, number>): string {
  const stem = id.slice(0, 56);
  let number = nextNumber.get(stem) ?? 2;
  while (taken.has(`${stem}-${number}`)) number++;
  nextNumber.set(stem, number + 1);
  taken.add(`${stem}-${number}`);
  return `${stem}-${number}`;
}

/** `STEP_UNKNOWN`: every step is in the registry. */
export const stepsAreKnown: Rule = function* (index) {
  for (const [position, node] of index.graph.nodes.entries()) {
    if (index.definitions[position]) continue;
    yield {
      code: 'STEP_UNKNOWN',
      severity: 'error',
      message: `This installation has no node “${node.step}”.`,
      nodeId: node.id,
      path: pointer('nodes', position, 'step'),
      fix: removeNode(index, position),
    };
  }
};

/** `ENTRY_NODE_WRONG_FAMILY`, `NODE_WRONG_FAMILY`: only nodes of the graph's family. Mixed graphs load, but cannot be published. */
export const nodesAreOfFamily: Rule = function* (index) {
  const family = familyDefinition(index.graph.family);
  for (const [position, node] of index.graph.nodes.entries()) {
    const definition = index.definitions[position];
    if (!definition || isOfFamily(definition, family.key)) continue;
    const isEntry = index.incoming[position]!.length === 0;
    const ownFamilies = definition.module.families.map((key) => `“${familyDefinition(key).label}”`).join(' or ');
    yield {
      code: isEntry ? 'ENTRY_NODE_WRONG_FAMILY' : 'NODE_WRONG_FAMILY',
      severity: 'error',
      message: isEntry
        ? `${nodeName(index, position)} cannot start a “${family.label}” workflow; it belongs into ${ownFamilies}.`
        : `${nodeName(index, position)} belongs into ${ownFamilies} workflows, this one is “${family.label}”.`,
      nodeId: node.id,
      path: pointer('nodes', position, 'step'),
      fix: removeNode(index, position),
    };
  }
};

/** `ENTRY_SLOT_UNAVAILABLE`: what a node takes from the run's entry by default, and must have, runs of this family have. */
export const entrySlotsExist: Rule = function* (index, { palette }) {
  const family = familyDefinition(index.graph.family);
  for (const [position, node] of index.graph.nodes.entries()) {
    const definition = index.definitions[position];
    if (!definition || !isOfFamily(definition, family.key)) continue;
    const bound = index.boundPorts(position);
    for (const [port, contract] of Object.entries(definition.module.inputContract)) {
      if (!contract.required || contract.entry === null || bound.has(port)) continue;
      if (hasEntrySlot(family.key, contract.entry)) continue;
      const { fix, hint } = bindInput(index, position, port, palette);
      yield {
        code: 'ENTRY_SLOT_UNAVAILABLE',
        severity: 'error',
        message: `${nodeName(index, position)} needs “${port}”, which runs of “${family.label}” do not bring along; connect it.${hint}`,
        nodeId: node.id,
        path: pointer('nodes', position),
        fix,
      };
    }
  }
};

/** `NODE_ISOLATED`, a warning: a node whose inputs are all optional and all empty runs at once, which is seldom meant. */
export const nodesAreConnected: Rule = function* (index) {
  if (index.graph.nodes.length === 1) return;
  for (const [position, node] of index.graph.nodes.entries()) {
    const definition = index.definitions[position];
    if (!definition || index.incoming[position]!.length > 0) continue;
    const inputs = Object.entries(definition.module.inputContract);
    if (inputs.length === 0 || inputs.some(([, contract]) => contract.required)) continue;
    const [port] = inputs.find(([, contract]) => contract.entry === null) ?? [];
    yield {
      code: 'NODE_ISOLATED',
      severity: 'warning',
      message: `Nothing is connected to ${nodeName(index, position)}, so it runs as soon as the run starts.`,
      nodeId: node.id,
      path: pointer('nodes', position),
      fix: port === undefined ? undefined : connectWherePlain(index, position, port),
    };
  }
};

/** `FALLBACK_UNAVAILABLE`: only families with a legacy pipeline can fall back to it. */
export const fallbackExists: Rule = function* (index) {
  const family = familyDefinition(index.graph.family);
  if (family.hasLegacyPipeline) return;
  for (const [position, node] of index.graph.nodes.entries()) {
    if (node.onFailure !== 'fallback_legacy') continue;
    yield {
      code: 'FALLBACK_UNAVAILABLE',
      severity: 'error',
      message: `${nodeName(index, position)} cannot fall back to the legacy pipeline: “${family.label}” has none.`,
      nodeId: node.id,
      path: pointer('nodes', position, 'onFailure'),
      fix: setNodeField(position, node.id, 'onFailure', 'halt', 'Let the run fail instead'),
    };
  }
};
