import { type DocumentNode, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import { createHandler } from 'graphql-sse/lib/use/fetch';
import type { Plugin, YogaServerInstance } from 'graphql-yoga';
import { UNEXPECTED } from './explainError.js';

type AnyYoga = YogaServerInstance<object, object>;

/** Failures before the first event, in the one form that graphql-sse passes on: it wants to see `data`. */
const failed = (errors: readonly GraphQLError[]): ExecutionResult => ({ data: null, errors: [...errors] });

/** The graphql-sse protocol (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md) at an address of its own, with both
 * of its modes. `@graphql-yoga/plugin-graphql-sse` does the same, but answers every failure to subscribe with "Unable to
 * detect operation AST". */
export function useEventStreams(endpoint: string): Plugin {
  const contexts = new WeakMap<Request, object>();
  let handler: ReturnType<typeof createHandler>;

  async function subscribe(
    yoga: AnyYoga,
    request: Request,
    params: { query: string; variables?: any; operationName?: any },
  ) {
    const enveloped = yoga.getEnveloped({ ...contexts.get(request), request, params });
    let document: DocumentNode;
    try {
      document = enveloped.parse(params.query);
    } catch (error) {
      return failed([error instanceof GraphQLError ? error : new GraphQLError(UNEXPECTED)]);
    }
    const errors = enveloped.validate(enveloped.schema, document) as readonly GraphQLError[];
    if (errors.length > 0) return failed(errors);
    const operation = getOperationAST(document, params.operationName);
    const execute = operation?.operation === 'subscription' ? enveloped.subscribe : enveloped.execute;
    const result = await execute({
      schema: enveloped.schema,
      document,
      contextValue: await enveloped.contextFactory(),
      variableValues: params.variables,
      operationName: params.operationName,
    });
    return Symbol.asyncIterator in result || 'data' in result ? result : failed(result.errors ?? []);
  }

  return {
    onYogaInit({ yoga }) {
      handler = createHandler(
        {
          onSubscribe: (request, params) =>
            subscribe(yoga as unknown as AnyYoga, request.raw as Request, params as never),
        },
        yoga.fetchAPI as never,
      );
    },
    async onRequest({ request, url, endResponse, serverContext }) {
      if (url.pathname !== endpoint) return;
      contexts.set(request, serverContext as object);
      endResponse((await handler(request)) as never);
    },
  };
}
