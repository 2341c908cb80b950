import type { DomainError } from '../../modules/errors.js';
import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { builder } from '../builder.js';
import { FindingObject } from './finding.js';

const ErrorInterface = builder.interfaceRef<DomainError>('Error').implement({
  description: 'An expected failure. Select `... on Error { code message }` in every result union.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Stable, machine readable, UPPER_SNAKE.' }),
    message: t.exposeString('message', { description: 'One sentence for people.' }),
  }),
});

export const FieldIssueObject = builder.simpleObject('FieldIssue', {
  description: 'One value that does not fit.',
  fields: (t) => ({
    path: t.string({
      description: 'JSON pointer to the value within the `input` of the mutation; empty: all of it.',
      nullable: false,
    }),
    message: t.string({ description: 'What is wrong with it.', nullable: false }),
  }),
});

builder.objectType(ValidationError, {
  name: 'ValidationError',
  description: 'Something that was sent does not fit.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    issues: t.field({
      type: [FieldIssueObject],
      description: 'The values that do not fit; may be empty where it is not about one value.',
      resolve: (error) => [...error.issues],
    }),
    findings: t.field({
      type: [FindingObject],
      description: 'What is wrong with the workflow, where it is about one.',
      resolve: (error) => [...(error.findings ?? [])],
    }),
  }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'An id that was sent names nothing (any more).',
  interfaces: [ErrorInterface],
});

builder.objectType(ForbiddenError, {
  name: 'ForbiddenError',
  description: 'You may not do this.',
  interfaces: [ErrorInterface],
});

builder.objectType(ConflictError, {
  name: 'ConflictError',
  description: 'It does not go together with what is there already, or somebody else was quicker.',
  interfaces: [ErrorInterface],
});
