import type { DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { checkDocument, checkText } from './documentLimits.js';
import type { Asked, RefusedMutations } from './refusedMutations.js';

/** Documents that were parsed before, by their text. */
export interface KnownDocuments {
  get(text: string): DocumentNode | undefined;
}

/** Refuses documents that are too large before they are parsed and validated. */
export function useDocumentLimits(known: KnownDocuments, refused: RefusedMutations): Plugin {
  return {
    onParse({ params, context }) {
      const text = String(params.source);
      if (known.get(text)) return undefined;
      checkText(text);
      return ({ result }) => {
        if (!result || result instanceof Error) return;
        const document = result as DocumentNode;
        try {
          checkDocument(document);
        } catch (error) {
          void refused.takeDown(context as unknown as Asked, document, error, 'BAD_USER_INPUT');
          throw error;
        }
      };
    },
  };
}
