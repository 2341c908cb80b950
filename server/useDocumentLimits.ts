import type { DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { checkDocument, checkText } from './documentLimits.js';

/** Documents that were parsed before, by their text. */
export interface KnownDocuments {
  get(text: string): DocumentNode | undefined;
}

/** Refuses documents that are too large before they are parsed and validated. */
export function useDocumentLimits(known: KnownDocuments): Plugin {
  return {
    onParse({ params }) {
      const text = String(params.source);
      if (known.get(text)) return undefined;
      checkText(text);
      return ({ result }) => {
        if (result && !(result instanceof Error)) checkDocument(result as DocumentNode);
      };
    },
  };
}
