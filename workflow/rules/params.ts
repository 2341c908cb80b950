import { pointer } from '../finding.js';
import { removeParam, setNodeField } from '../fix.js';
import { nodeName } from '../graphIndex.js';
import { checkParams } from '../params.js';
import type { Rule } from './rule.js';

/** `PARAM_INVALID`, `PARAM_UNKNOWN`: the module takes every node's params. */
export const paramsAreValid: Rule = function* (index) {
  for (const [position, node] of index.graph.nodes.entries()) {
    const module = index.definitions[position]?.module;
    if (!module) continue;
    const check = checkParams(module, node.params);
    if (check.ok) continue;
    for (const { code, path, message } of check.issues) {
      const name = path[0];
      yield {
        code,
        severity: 'error',
        message: `${nodeName(index, position)}: ${message}`,
        nodeId: node.id,
        path: pointer('nodes', position, 'params', ...path),
        fix:
          name !== undefined && Object.hasOwn(node.params, name)
            ? removeParam(position, node.id, String(name), code === 'PARAM_UNKNOWN' ? 'Remove it' : 'Use the default')
            : setNodeField(position, node.id, 'params', {}, 'Use the defaults for this node'),
      };
    }
  }
};
