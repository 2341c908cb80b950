import type { Operation } from 'rfc6902';
import { humanise } from '../../components/format.js';
import { schemaErrors } from '../../forms/ajv.js';
import type { PlacedMessage } from '../../forms/placedMessage.js';
import type { FindingSeverity } from '../../gql/graphql.js';
import type { WorkflowGraph } from '../../shared/graph/graphModel.js';
import { changedParams, effectiveParams } from './draft.js';

export interface EditorFinding {
  code: string;
  severity: FindingSeverity;
  message: string;
  nodeId?: string | null;
  path?: string | null;
  /** A repair that a click makes. */
  fix?: FindingFix | null;
}

export interface FindingFix {
  /** What the button says. */
  title: string;
  /** JSON Patch against the graph that was checked. */
  patch: Operation[];
}

/** What a param check needs of a node definition. */
export interface ParamContract {
  paramSchema: unknown;
  defaults: unknown;
}

/** What the form calls the param a JSON pointer leads into. */
function paramName(schema: unknown, instancePath: string): string {
  const [, name = 'settings'] = instancePath.split('/');
  const { properties } = schema as { properties?: Record<string, { title?: string }> };
  return properties?.[name]?.title ?? humanise(name);
}

const PARAM_PATH = /^\/nodes\/\d+\/params(\/.*)?$/;

/** Where in a node's params a finding is, as a JSON pointer into them; null when it is about something else. */
export function paramPathOf(finding: Pick<EditorFinding, 'path'>): string | null {
  const match = PARAM_PATH.exec(finding.path ?? '');
  return match ? (match[1] ?? '') : null;
}

/** The server's findings of the saved draft, brought up to date for params that were edited since. */
export function currentFindings(
  server: readonly EditorFinding[],
  saved: WorkflowGraph,
  present: WorkflowGraph,
  contractOf: (step: string) => ParamContract | undefined,
): EditorFinding[] {
  const old = new Map(saved.nodes.map((node) => [node.id, node]));
  const edited = new Set(
    present.nodes.filter((node) => changedParams(old.get(node.id)?.params, node.params).length > 0).map(({ id }) => id),
  );
  const kept = server.filter(
    (finding) => !(finding.nodeId && edited.has(finding.nodeId) && paramPathOf(finding) !== null),
  );
  const own = present.nodes.flatMap((node, index) => {
    const contract = edited.has(node.id) ? contractOf(node.step) : undefined;
    if (!contract) return [];
    const data = effectiveParams(node, contract.defaults as Record<string, unknown>);
    return schemaErrors(contract.paramSchema as object, data).map(
      (error): EditorFinding => ({
        code: 'PARAM_INVALID',
        severity: 'error',
        message: `${paramName(contract.paramSchema, error.instancePath)}: ${error.message}`,
        nodeId: node.id,
        path: `/nodes/${index}/params${error.instancePath}`,
      }),
    );
  });
  return [...own, ...kept];
}

/** Findings that belong to fields of one node's form and that the form does not find by itself. */
export function messagesOf(
  findings: readonly EditorFinding[],
  nodeId: string,
  schema: unknown,
  data: unknown,
): PlacedMessage[] {
  const known = new Set(schemaErrors((schema ?? {}) as object, data).map(({ instancePath }) => instancePath));
  return findings.flatMap((finding) => {
    const path = finding.nodeId === nodeId && finding.severity === 'error' ? paramPathOf(finding) : null;
    return path && !known.has(path) ? [{ path, message: finding.message }] : [];
  });
}
