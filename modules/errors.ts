import type { JsonObject } from './json.js';

/** A failure the system knows and can explain. Rooms above add children; anything that is not a DomainError is a bug and is masked at the API.
 * The `code` is stable and machine readable; `message` is one sentence a studio person understands. */
export class DomainError extends Error {
  readonly code: string;
  readonly details: JsonObject;

  constructor(code: string, message: string, details: JsonObject = {}) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }
}

/** Why a module failed, which decides what is retried:
 * - `input`: the data or params are wrong; a retry cannot help.
 * - `transient`: a passing fault outside (network, killed by a signal); retried.
 * - `resource`: out of memory or disk; retried.
 * - `timeout`: the time limit ran out; retried.
 * - `crash`: the tool itself failed in a way nobody foresaw; not retried. */
export const FAILURE_CLASSES = ['input', 'transient', 'resource', 'timeout', 'crash'] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

const RETRYABLE: ReadonlySet<FailureClass> = new Set(['transient', 'resource', 'timeout']);

/** A production module could not do its work. */
export class ModuleError extends DomainError {
  readonly failureClass: FailureClass;

  constructor(code: string, message: string, failureClass: FailureClass = 'input', details: JsonObject = {}) {
    super(code, message, details);
    this.failureClass = failureClass;
  }

  get isRetryable(): boolean {
    return RETRYABLE.has(this.failureClass);
  }
}
