import { type ExecutionArgs, getOperationAST, OperationTypeNode } from 'graphql';
import type { Plugin, YogaInitialContext } from 'graphql-yoga';
import { executeQuery } from '../schema/execution/executeQuery.js';

/** Lets queries be executed by our own executor, as long as the client waits; mutations keep Yoga's, which knows how to take
 * turns, and go through whoever waits. */
export function useQueryExecution(): Plugin<YogaInitialContext> {
  return {
    onExecute({ args, setExecuteFn }) {
      const { document, operationName, contextValue } = args;
      if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.QUERY) return;
      // Undefined over transports that Yoga does not speak.
      const signal = contextValue.request?.signal;
      setExecuteFn((given: ExecutionArgs) => executeQuery(given, signal));
    },
  };
}
