import type { Request, Response } from 'express';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { createHandler } from 'graphql-sse/lib/use/express';
import { isPrepared, type OperationParams, type PrepareOperation, type Results } from './liveOperations.js';

/** Failures before the first event, in the one form that graphql-sse passes on: it wants to see `data`. */
const failed = (errors: readonly GraphQLError[]): ExecutionResult => ({ data: null, errors: [...errors] });

/** The graphql-sse protocol (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md) with both of its modes. It writes
 * to Node's response itself, not through web streams, which every event to every subscriber would pay for. */
export function eventStreams(prepare: PrepareOperation): (request: Request, response: Response) => Promise<void> {
  async function results(request: Request, params: OperationParams): Promise<Results> {
    const prepared = await prepare(request, params);
    if (!isPrepared(prepared)) return failed(prepared);
    const result = await prepared.run(prepared.args);
    return Symbol.asyncIterator in result || 'data' in result ? result : failed(result.errors ?? []);
  }
  return createHandler({
    onSubscribe: async ({ raw }, params) => (await results(raw, params as OperationParams)) as never,
  });
}
