import { pointer } from '../finding.js';
import { removeEdge } from '../fix.js';
import { nodeName, portOf } from '../graphIndex.js';
import { bindInput } from './bindInput.js';
import type { Rule } from './rule.js';

/** `INPUT_UNBOUND`: every required input has an edge or a slot of the entry. */
export const requiredInputsAreBound: Rule = function* (index, { palette }) {
  for (const [position, node] of index.graph.nodes.entries()) {
    const definition = index.definitions[position];
    if (!definition) continue;
    const bound = index.boundPorts(position);
    for (const [port, contract] of Object.entries(definition.module.inputContract)) {
      if (!contract.required || contract.entry !== null || bound.has(port)) continue;
      const { fix, hint } = bindInput(index, position, port, palette);
      yield {
        code: 'INPUT_UNBOUND',
        severity: 'error',
        message: `${nodeName(index, position)} needs something connected to “${port}”.${hint}`,
        nodeId: node.id,
        path: pointer('nodes', position),
        fix,
      };
    }
  }
};

/** `INPUT_BOUND_TWICE`: an input takes one edge, unless it takes many. */
export const inputsAreBoundOnce: Rule = function* (index) {
  for (const [position, node] of index.graph.nodes.entries()) {
    const contract = index.definitions[position]?.module.inputContract;
    if (!contract) continue;
    const boundBy = new Map<string, string>();
    for (const edgeIndex of index.incoming[position]!) {
      const edge = index.graph.edges[edgeIndex]!;
      const port = portOf(contract, edge.to.port);
      if (!port || port.many) continue;
      const source = `${edge.from.node} ${edge.from.port}`;
      const first = boundBy.get(edge.to.port);
      if (first === undefined) boundBy.set(edge.to.port, source);
      // The same connection drawn twice is EDGE_DUPLICATE.
      if (first === undefined || first === source) continue;
      yield {
        code: 'INPUT_BOUND_TWICE',
        severity: 'error',
        message: `“${edge.to.port}” of ${nodeName(index, position)} takes one connection, this is another.`,
        nodeId: node.id,
        path: pointer('edges', edgeIndex),
        fix: removeEdge(edgeIndex, edge),
      };
    }
  }
};
