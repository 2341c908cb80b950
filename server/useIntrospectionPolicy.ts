import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  validate,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../schema/context.js';
import { identityOf } from './auth.js';
import type { ServerContext } from './context.js';
import { type Audience, isAmong } from './doorSettings.js';

const asked = new WeakMap<DocumentNode, boolean>();

function asksForSchema(schema: GraphQLSchema, document: DocumentNode): boolean {
  let answer = asked.get(document);
  if (answer === undefined) {
    answer = validate(schema, document, [NoSchemaIntrospectionCustomRule]).length > 0;
    asked.set(document, answer);
  }
  return answer;
}

/** Names that graphql-js offers to whoever guesses one wrong; always the last sentence. */
const SUGGESTION = / Did you mean .*\?$/s;

/** The error without names that its sender did not know. */
function withoutSuggestion(error: GraphQLError): GraphQLError {
  if (!SUGGESTION.test(error.message)) return error;
  const { nodes, source, positions, path, extensions } = error;
  return new GraphQLError(error.message.replace(SUGGESTION, ''), { nodes, source, positions, path, extensions });
}

function withoutSuggestions<R extends ExecutionResult>(result: R): R {
  return result.errors ? { ...result, errors: result.errors.map(withoutSuggestion) } : result;
}

/** Refuses to tell the schema to those who are not of the audience, and does not help them guess it. Asked at execution, and after
 * validation: validated documents are kept for all. */
export function useIntrospectionPolicy(audience: Audience): Plugin<Context> {
  const mayKnow = (viewer: Context['viewer'] | undefined) => isAmong(audience, viewer);
  return {
    onValidate({ context }) {
      if (mayKnow(identityOf((context as unknown as ServerContext).req)?.viewer)) return undefined;
      return ({ valid, result, setResult }) => {
        if (!valid) setResult((result as GraphQLError[]).map(withoutSuggestion));
      };
    },
    onExecute({ args: { contextValue, schema, document }, setResultAndStopExecution }) {
      if (mayKnow(contextValue.viewer)) return undefined;
      if (asksForSchema(schema, document)) {
        const error = new GraphQLError('This installation does not tell its schema to you.', {
          extensions: { code: 'INTROSPECTION_OFF', http: { status: 403 } },
        });
        setResultAndStopExecution({ errors: [error] });
        return undefined;
      }
      return {
        onExecuteDone({ result, setResult }) {
          if (!(Symbol.asyncIterator in result)) setResult(withoutSuggestions(result));
        },
      };
    },
    onSubscribe({ args: { contextValue } }) {
      if (mayKnow(contextValue.viewer)) return undefined;
      return {
        onSubscribeResult({ result, setResult }) {
          if (!(Symbol.asyncIterator in result)) setResult(withoutSuggestions(result));
        },
      };
    },
  };
}
