import type { IncomingMessage } from 'node:http';
import { type DocumentNode, type ExecutionArgs, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import { identityOf } from './auth.js';
import { UNEXPECTED } from './explainError.js';
import type { AskedDocument, PersistedOperations } from './persistedOperations.js';
import type { buildYoga } from './yoga.js';

/** Operations under way on one connection. */
export const MAX_OPERATIONS = 100;

export const tooManyOperations = () =>
  new GraphQLError(`Run at most ${MAX_OPERATIONS} operations at a time on one connection.`, {
    extensions: { code: 'TOO_MANY_OPERATIONS' },
  });

export type Results = ExecutionResult | AsyncIterableIterator<ExecutionResult>;

export const isIterable = (results: Results): results is AsyncIterableIterator<ExecutionResult> =>
  Symbol.asyncIterator in results;

export interface OperationParams extends AskedDocument {
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
}

export interface PreparedOperation {
  args: ExecutionArgs;
  run(args: ExecutionArgs): Promise<Results>;
}

/** Prepares operations of transports that Yoga does not speak, with all of its plugins, so that every limit holds there too.
 * What is wrong with the document comes back as errors. `method` is the one by which the operation itself came over HTTP: nothing is
 * changed by GET. */
export function operationPreparer(yoga: ReturnType<typeof buildYoga>['yoga'], operations: PersistedOperations) {
  return async (
    req: IncomingMessage,
    params: OperationParams,
    method?: string,
  ): Promise<PreparedOperation | readonly GraphQLError[]> => {
    const enveloped = yoga.getEnveloped({ req, params, request: method && { method } } as never);
    let document: DocumentNode;
    try {
      document = enveloped.parse(operations.documentOf(params, identityOf(req)?.viewer ?? null) ?? '');
    } catch (error) {
      return [error instanceof GraphQLError ? error : new GraphQLError(UNEXPECTED)];
    }
    const errors = enveloped.validate(enveloped.schema, document) as readonly GraphQLError[];
    if (errors.length > 0) return errors;
    const operation = getOperationAST(document, params.operationName);
    const args: ExecutionArgs = {
      schema: enveloped.schema,
      document,
      contextValue: await enveloped.contextFactory(),
      variableValues: params.variables,
      operationName: params.operationName,
    };
    return { args, run: operation?.operation === 'subscription' ? enveloped.subscribe : enveloped.execute };
  };
}

export type PrepareOperation = ReturnType<typeof operationPreparer>;

export const isPrepared = (prepared: Awaited<ReturnType<PrepareOperation>>): prepared is PreparedOperation =>
  'run' in prepared;
