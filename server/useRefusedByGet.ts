import { type DocumentNode, getOperationAST, OperationTypeNode } from 'graphql';
import type { Plugin, YogaInitialContext } from 'graphql-yoga';
import type { Asked, RefusedMutations } from './refusedMutations.js';

/** Takes down mutations that come by GET; that they are refused is Yoga's business. */
export function useRefusedByGet(refused: RefusedMutations): Plugin<YogaInitialContext> {
  return {
    onParse({ context }) {
      // There is none over WebSockets.
      if (context.request?.method !== 'GET') return undefined;
      return ({ result }) => {
        if (!result || result instanceof Error) return;
        const document = result as DocumentNode;
        const operation = getOperationAST(document, context.params.operationName)?.operation;
        if (operation !== OperationTypeNode.MUTATION) return;
        void refused.takeDown(context as unknown as Asked, document, undefined, 'BAD_REQUEST');
      };
    },
  };
}
