import type { z } from 'zod';
import type { JsonObject, JsonValue } from '../modules/json.js';
import { type Finding, type Fix, pointer } from './finding.js';
import { WorkflowGraph } from './graph.js';
import { issueText, valueAt } from './issueText.js';
import { migrateGraph } from './migrations.js';

/** Far above any real graph, far below what overflows a stack. */
const MAX_DEPTH = 64;

/** Fields of a node that have a default, so that leaving them out repairs them. */
const OPTIONAL_NODE_FIELDS: readonly PropertyKey[] = ['version', 'params', 'retry', 'onFailure', 'timeoutMs', 'ui'];

/** Reads stored or imported JSON: brings it up to date, then checks its form. Never throws.
 * Findings point into the JSON as given, or as migrated if it was in an older format. */
export function parseGraph(json: unknown): { graph?: WorkflowGraph; findings: Finding[] } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return { findings: [formError('GRAPH_NOT_OBJECT', 'A workflow is a JSON object with nodes and edges.', '')] };
  }
  const unstorable = unstorableIn(json);
  if (unstorable) return { findings: [unstorable] };
  const migrated = migrateGraph(json as JsonObject);
  if (!migrated.graph) return { findings: migrated.findings };
  const parsed = WorkflowGraph.safeParse(migrated.graph);
  if (parsed.success) return { graph: parsed.data, findings: [] };
  return { findings: parsed.error.issues.flatMap((issue) => issueFindings(issue, migrated.graph!)) };
}

function formError(code: string, message: string, path: string): Finding {
  return { code, severity: 'error', message, path };
}

function issueFindings(issue: z.core.$ZodIssue, graph: JsonObject): Finding[] {
  const ofNode = (...path: string[]) =>
    issue.path[0] === 'nodes' ? valueAt(graph, [...issue.path.slice(0, 2), ...path]) : undefined;
  const nodeId = ofNode('id');
  const called = [ofNode('ui', 'label'), nodeId].find((name) => typeof name === 'string' && name !== '');
  const base = { severity: 'error' as const, ...(typeof nodeId === 'string' && nodeId ? { nodeId } : {}) };
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      ...base,
      code: 'GRAPH_KEY_UNKNOWN',
      message: sentence(issue.path, called, `has an unknown field “${key}”`),
      path: pointer(...issue.path, key),
      fix: removal(graph, [...issue.path, key], 'Remove it'),
    }));
  }
  const isOptional = issue.path[0] === 'nodes' && OPTIONAL_NODE_FIELDS.includes(issue.path[2] ?? '');
  return [
    {
      ...base,
      code: 'GRAPH_FORM',
      message: sentence(issue.path, called, issueText(issue, valueAt(graph, issue.path))),
      path: pointer(...issue.path),
      fix: isOptional ? removal(graph, issue.path.slice(0, 3), 'Use the default') : undefined,
    },
  ];
}

/** “The node “still”: “retry › attempts” must be at most 10.” */
function sentence(path: readonly PropertyKey[], called: JsonValue | undefined, text: string): string {
  const [list, position] = path;
  const isInList = typeof position === 'number' && (list === 'nodes' || list === 'edges');
  const field = path
    .slice(isInList ? 2 : 0)
    .map(String)
    .join(' › ');
  let place = 'The workflow';
  if (isInList && list === 'edges') place = `Connection number ${position + 1}`;
  else if (isInList)
    place = typeof called === 'string' ? `The node “${called.slice(0, 64)}”` : `Node number ${position + 1}`;
  return `${place}${field === '' ? ' ' : `: “${field}” `}${text}`.replace(/\.?$/, '.');
}

/** Names that JSON Patch libraries refuse to follow, rightly. */
const UNPATCHABLE: readonly PropertyKey[] = ['__proto__', 'constructor', 'prototype'];

/** Removal guarded by a test of the value as it was; none where the name of the field forbids it. */
function removal(graph: JsonObject, path: readonly PropertyKey[], title: string): Fix | undefined {
  if (path.some((token) => UNPATCHABLE.includes(token))) return undefined;
  const value = valueAt(graph, path) ?? null;
  return {
    title,
    patch: [
      { op: 'test', path: pointer(...path), value },
      { op: 'remove', path: pointer(...path) },
    ],
  };
}

/** Something that could not be kept as it is: nested too deep, `GRAPH_TEXT_INVALID` or `GRAPH_KEY_RESERVED`. Walks without recursion,
 * so that depth cannot hurt it; cycles count as depth. */
function unstorableIn(root: object): Finding | undefined {
  const open: { value: object; path: PropertyKey[] }[] = [{ value: root, path: [] }];
  for (let top = open.pop(); top; top = open.pop()) {
    if (top.path.length > MAX_DEPTH)
      return formError(
        'GRAPH_TOO_DEEP',
        `Values may be nested ${MAX_DEPTH} levels deep at most.`,
        pointer(...top.path),
      );
    for (const [key, value] of Object.entries(top.value)) {
      const path = [...top.path, key];
      if (!isText(key) || (typeof value === 'string' && !isText(value)))
        return formError(
          'GRAPH_TEXT_INVALID',
          'A text has characters that are none: NUL, or half of a pair of surrogates.',
          pointer(...(isText(key) ? path : top.path)),
        );
      // Of a node's own fields this is an unknown one; among its settings it would vanish without a word.
      if (key === '__proto__' && top.path.length > 2)
        return formError('GRAPH_KEY_RESERVED', 'No setting can be called “__proto__”.', pointer(...path));
      if (typeof value === 'object' && value !== null) open.push({ value, path });
    }
  }
  return undefined;
}

/** Whether the database can keep it, and JSON hand it on. */
const isText = (text: string) => !text.includes('\0') && text.isWellFormed();
