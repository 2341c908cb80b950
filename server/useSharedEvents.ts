import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { sightOf } from '../runtime/access/ownership.js';
import type { Context } from '../schema/context.js';

/** Lets subscribers who ask the same and may see the same share the answer to an event: it is worked out once for all of them.
 * Sources give all their followers the same objects, which is what events are told by. */
export function useSharedEvents(): Plugin<Context> {
  return { onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe) };
}

const END = { done: true, value: undefined } as const;
type Answer = Promise<IteratorResult<ExecutionResult, undefined>>;

/** Who comes later gets an answer of its own: objects move on, and links in it run out. */
const SHARED_MS = 1_000;
/** Answers by event and question; they go when the event does. */
const answers = new WeakMap<object, Map<string, { answer: Answer; at: number }>>();
/** The parser hands the same text out as the same document. */
const numbers = new WeakMap<DocumentNode, number>();
let documents = 0;

async function subscribe(args: ExecutionArgs): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  const events = source[Symbol.asyncIterator]();
  const question = questionOf(args);
  const results: AsyncIterableIterator<ExecutionResult, undefined> = {
    next: () => events.next().then(({ done, value }) => (done ? END : shared(value as object, question, args))),
    async return() {
      await events.return?.();
      return END;
    },
    async throw(error) {
      await events.return?.();
      throw error;
    },
    [Symbol.asyncIterator]: () => results,
  };
  return results;
}

function shared(event: object, question: string, args: ExecutionArgs): Answer {
  const given = answers.get(event) ?? new Map<string, { answer: Answer; at: number }>();
  answers.set(event, given);
  const known = given.get(question);
  if (known && Date.now() - known.at < SHARED_MS) return known.answer;
  const answer = Promise.resolve(execute({ ...args, rootValue: event })).then(
    (value) => ({ done: false, value }) as const,
  );
  given.set(question, { answer, at: Date.now() });
  return answer;
}

/** What an answer depends on beside the event. */
function questionOf({ document, operationName, variableValues, contextValue }: ExecutionArgs): string {
  const number = numbers.get(document) ?? documents++;
  numbers.set(document, number);
  const operation = getOperationAST(document, operationName)!;
  const used = usedVariables(document, operation);
  const variables = Object.entries(variableValues ?? {}).filter(([name]) => used.has(name));
  return JSON.stringify([number, operation.name?.value, variables.sort(), sightOf((contextValue as Context).viewer)]);
}

/** Variables that decide what an event is answered with. The arguments of the subscription's own field (filter, cursor) chose the
 * events and have no say any more: resolvers of these fields go by the event alone. */
function usedVariables(document: DocumentNode, operation: OperationDefinitionNode): Set<string> {
  const used = new Set<string>();
  const own = new Set<unknown>();
  for (const field of operation.selectionSet.selections)
    if (field.kind === Kind.FIELD) for (const argument of field.arguments ?? []) own.add(argument);
  visit(document, {
    VariableDefinition: () => false,
    Argument: (argument) => (own.has(argument) ? false : undefined),
    Variable: ({ name }) => void used.add(name.value),
  });
  return used;
}
