import type { IncomingMessage, ServerResponse } from 'node:http';
import accepts from 'accepts';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { type FetchAPI, isAsyncIterable, processRegularResult } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { Waiting } from '../runtime/reads/awaitedStatements.js';
import { UNAUTHENTICATED } from './auth.js';
import type { Handler } from './chain.js';
import { explainError } from './explainError.js';
import type { KnownQueries } from './knownQueries.js';
import { operationParams } from './operationParams.js';
import type { buildYoga } from './yoga.js';

const JSON_TYPE = 'application/json';
const EVENTS = 'text/event-stream';
/** In the order in which those are served who take anything. */
const MEDIA_TYPES = [JSON_TYPE, 'application/graphql-response+json', EVENTS];

const chosenTypes = new LRUCache<string, string>({ max: 100 });
const NONE = 'none';

/** The type in which the sender wants to be answered; `NONE`: in none that there is. */
function chosenType(request: IncomingMessage): string {
  const accept = request.headers.accept ?? '';
  const known = chosenTypes.get(accept);
  if (known) return known;
  const type = accepts(request).types(MEDIA_TYPES) || NONE;
  chosenTypes.set(accept, String(type));
  return String(type);
}

const refusal = (status: number, code: string, message: string, headers?: Record<string, string>): ExecutionResult => ({
  errors: [new GraphQLError(message, { extensions: { code, http: { status, headers } } })],
});

/** Whether nobody waits any more, because the client is gone or has its answer, as an abort signal says it; to make one for each
 * request costs more than to ask. An answer may be there before all is read for it: the first failure ends it. */
class HangUp implements Waiting {
  private response: ServerResponse | null;

  constructor(response: ServerResponse) {
    this.response = response;
  }

  get aborted(): boolean {
    return this.response === null || this.response.destroyed;
  }

  /** Lets go of the response. Contexts are keys of Pothos's caches, so they and what they hold live on until the next full garbage
   * collection; with every response and its socket among it, a small query took a third longer. */
  answered(): void {
    this.response = null;
  }
}

/** Answers GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/), queries and mutations by POST and queries by GET,
 * with all of Yoga's plugins and by its rules for statuses. It reads and writes Node's own request and answer: web requests, streams
 * and signals made from them would cost more than most operations. Whoever wants events goes on to the next handler.
 * @param stillHolds - whether who sent a request may still come in, once all of it is there. */
export function answerOperations(
  yoga: ReturnType<typeof buildYoga>['yoga'],
  queries: KnownQueries,
  stillHolds: (request: IncomingMessage) => boolean | Promise<boolean>,
): Handler {
  /** The result, or what is wrong with the request. */
  async function resultOf(request: IncomingMessage, response: ServerResponse): Promise<ExecutionResult> {
    const signal = new HangUp(response);
    try {
      const params = await operationParams(request);
      const holds = stillHolds(request);
      if (holds !== true && !(await holds))
        return refusal(401, UNAUTHENTICATED.extensions.code, UNAUTHENTICATED.message);
      const known = queries.run(request, params, signal);
      if (known) return await known;
      // All that plugins look at.
      const asked = { method: request.method, signal } as unknown as globalThis.Request;
      const result = await yoga.getResultForParams({ params, request: asked }, { req: request, res: response });
      if (!isAsyncIterable(result)) return result!;
      await result[Symbol.asyncIterator]().return?.();
      return refusal(406, 'NOT_ACCEPTABLE', `Subscriptions are answered with events: accept ${EVENTS}.`);
    } catch (error) {
      const explained = explainError(error);
      if (!explained) throw error;
      return { errors: [explained] };
    } finally {
      signal.answered();
    }
  }

  return async (request, response, next) => {
    const type = chosenType(request);
    if (request.method !== 'GET' && request.method !== 'POST')
      return send(response, refusal(405, 'BAD_REQUEST', 'GraphQL is asked by GET or POST.', { Allow: 'GET, POST' }));
    if (type === EVENTS) return next();
    if (type === NONE)
      return send(response, refusal(406, 'NOT_ACCEPTABLE', `Answers come as one of ${MEDIA_TYPES.join(', ')}.`));
    send(response, await resultOf(request, response), type);
  };
}

/** What Yoga would make a web response of. */
class Answer {
  constructor(
    readonly body: string,
    readonly init: { status: number; headers: Record<string, string> },
  ) {}
}

function send(response: ServerResponse, result: ExecutionResult, type = JSON_TYPE): void {
  const { body, init } = processRegularResult(
    result,
    { Response: Answer } as unknown as FetchAPI,
    type,
  ) as unknown as Answer;
  // By the specification, which Yoga follows where the errors are its own.
  const status = init.status === 200 && result.data === undefined && type !== JSON_TYPE ? 400 : init.status;
  response.writeHead(status, { ...init.headers, 'Content-Length': Buffer.byteLength(body) }).end(body);
}
