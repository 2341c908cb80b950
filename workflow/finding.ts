import type { JsonValue } from '../modules/json.js';

export const SEVERITIES = ['error', 'warning', 'info'] as const;
/** `error` blocks publishing and dispatch; `warning` and `info` only inform. */
export type Severity = (typeof SEVERITIES)[number];

/** One operation of a JSON Patch (RFC 6902). */
export type PatchOp =
  | { op: 'add' | 'replace' | 'test'; path: string; value: JsonValue }
  | { op: 'remove'; path: string };

/** A repair a machine can apply: see `applyFix`. It removes its finding. The only errors it may bring are that what it took away is missed
 * now, that a node it added has needs of its own, or what can be asked of a node's settings only once each of them fits. */
export interface Fix {
  /** What a button would say: "Remove this connection". */
  title: string;
  /** JSON Patch against the graph that was checked. Begins with `test` operations, so that it cannot hit the wrong node or edge of a graph that changed since. */
  patch: PatchOp[];
}

/** Something a check found out about a graph or about the values it is called with. */
export interface Finding {
  /** Stable, UPPER_SNAKE. */
  code: string;
  severity: Severity;
  /** One sentence for people. */
  message: string;
  nodeId?: string;
  /** JSON pointer (RFC 6901) into the graph, or into what it is called with (`/overrides/…`, `/options/…`, `/contract/…`). */
  path?: string;
  fix?: Fix;
}

/** True when nothing in the list blocks publishing or dispatch. */
export function isPassing(findings: readonly Finding[]): boolean {
  return findings.every((finding) => finding.severity !== 'error');
}

/** JSON pointer (RFC 6901) of a path; '' is the whole document. */
export function pointer(...path: PropertyKey[]): string {
  return path.map((token) => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
