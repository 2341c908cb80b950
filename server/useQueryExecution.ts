import { getOperationAST, OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { executeQuery } from '../schema/execution/executeQuery.js';

/** Lets queries be executed by our own executor; mutations keep Yoga's, which knows how to take turns. */
export function useQueryExecution(): Plugin {
  return {
    onExecute({ args, setExecuteFn }) {
      if (getOperationAST(args.document, args.operationName)?.operation === OperationTypeNode.QUERY)
        setExecuteFn(executeQuery);
    },
  };
}
