import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  validate,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../schema/context.js';
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

/** Refuses to tell the schema to those who are not of the audience. Asked at execution: validated documents are kept for all. */
export function useIntrospectionPolicy(audience: Audience): Plugin<Context> {
  return {
    onExecute({ args: { contextValue, schema, document }, setResultAndStopExecution }) {
      if (isAmong(audience, contextValue.viewer) || !asksForSchema(schema, document)) return;
      const error = new GraphQLError('This installation does not tell its schema to you.', {
        extensions: { code: 'INTROSPECTION_OFF', http: { status: 403 } },
      });
      setResultAndStopExecution({ errors: [error] });
    },
  };
}
