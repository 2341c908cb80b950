import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  validate,
} from 'graphql';
import type { Viewer } from '../schema/context.js';
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

/** Who may know the schema. */
export class IntrospectionPolicy {
  constructor(private readonly audience: Audience) {}

  mayKnow(viewer: Viewer | null | undefined): boolean {
    return isAmong(this.audience, viewer ?? null);
  }

  /** Why somebody may not execute a document; null: they may. Asked at execution: validated documents are kept for all. */
  refusalFor(viewer: Viewer | null, schema: GraphQLSchema, document: DocumentNode): GraphQLError | null {
    if (this.mayKnow(viewer) || !asksForSchema(schema, document)) return null;
    return new GraphQLError('This installation does not tell its schema to you.', {
      extensions: { code: 'INTROSPECTION_OFF', http: { status: 403 } },
    });
  }

  /** The errors of somebody's document, who is not helped to guess the schema. */
  told(viewer: Viewer | null | undefined, errors: readonly GraphQLError[]): readonly GraphQLError[] {
    return this.mayKnow(viewer) ? errors : errors.map(withoutSuggestion);
  }
}
