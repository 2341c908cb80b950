import { type DocumentNode, GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { auditRefused } from '../schema/audit.js';
import { schema } from '../schema/index.js';
import { identityOf } from './auth.js';
import type { contextFactory, ServerContext } from './context.js';

/** What is known of an operation as soon as it came. */
export interface Asked extends Pick<ServerContext, 'req'> {
  params: Pick<GraphQLParams, 'operationName' | 'variables'>;
}

/** Takes down in the audit trail which mutations were refused before any resolver could. */
export class RefusedMutations {
  constructor(private readonly createContext: ReturnType<typeof contextFactory>) {}

  /** @param code - of errors that have none yet */
  async takeDown({ req, params }: Asked, document: DocumentNode, error: unknown, code: string): Promise<void> {
    const viewer = identityOf(req)?.viewer ?? null;
    const told = error instanceof GraphQLError ? (error.extensions.code ?? code) : code;
    const { operationName, variables: variableValues } = params;
    await auditRefused(this.createContext(viewer), schema, { document, operationName, variableValues }, String(told));
  }
}
