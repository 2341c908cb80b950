import { DomainError } from '../modules/errors.js';
import type { Finding } from '../workflow/validate.js';

/** One thing wrong with an input; `path` is a JSON pointer into it. */
export interface FieldIssue {
  path: string;
  message: string;
}

/** The input does not make sense; nothing was changed. */
export class ValidationError extends DomainError {
  constructor(
    message: string,
    readonly issues: FieldIssue[] = [],
    readonly findings: Finding[] = [],
    code = 'VALIDATION_FAILED',
  ) {
    super(code, message);
  }
}

/** There is no such thing, or none the caller may see. */
export class NotFoundError extends DomainError {
  constructor(what: string, id: string) {
    super('NOT_FOUND', `There is no ${what} with the id "${id}".`);
  }
}

export class ForbiddenError extends DomainError {
  constructor(message: string) {
    super('FORBIDDEN', message);
  }
}

/** The thing has moved on: somebody else changed it, or it is in a state that does not allow this. */
export class ConflictError extends DomainError {
  constructor(message: string, code = 'CONFLICT') {
    super(code, message);
  }
}

/** A key stands for one request. */
export const keyReused = () =>
  new ConflictError('This idempotency key was used before, for something else.', 'IDEMPOTENCY_KEY_REUSED');
