import { type ExecutionArgs, type GraphQLError, getOperationAST, OperationTypeNode } from 'graphql';
import type { Plugin, YogaInitialContext } from 'graphql-yoga';
import type { Waiting } from '../runtime/reads/awaitedStatements.js';
import type { Context } from '../schema/context.js';
import { executeQuery } from '../schema/execution/executeQuery.js';
import { identityOf } from './auth.js';
import type { contextFactory, ServerContext } from './context.js';
import type { KnownQueries } from './knownQueries.js';
import type { OperationPolicy } from './operationPolicy.js';

/** Holds all operations of Yoga to the policy. Queries are executed by our own executor, as long as the client waits; mutations keep
 * Yoga's, which knows how to take turns, and go through whoever waits. */
export function useOperationPolicy(
  policy: OperationPolicy,
  queries: KnownQueries,
  createContext: ReturnType<typeof contextFactory>,
): Plugin<YogaInitialContext> {
  return {
    onValidate({ context }) {
      const viewer = identityOf((context as unknown as ServerContext).req)?.viewer;
      return ({ valid, result, setResult }) => {
        if (!valid) setResult([...policy.toldOfDocument(viewer, result as GraphQLError[])]);
      };
    },
    onExecute({ args, setExecuteFn, setResultAndStopExecution }) {
      queries.remember(args.document);
      const verdict = policy.judge(args);
      if (verdict.refusal) return void setResultAndStopExecution(verdict.refusal);
      const { document, operationName, contextValue } = args;
      if (getOperationAST(document, operationName)?.operation === OperationTypeNode.QUERY) {
        // Undefined over transports that Yoga does not speak.
        const waiting: Waiting | undefined = contextValue.request?.signal;
        const context = createContext((contextValue as unknown as Context).viewer, waiting);
        setExecuteFn((given: ExecutionArgs) => executeQuery({ ...given, contextValue: context }, waiting));
      }
      return {
        onExecuteDone({ result, setResult }) {
          if (!(Symbol.asyncIterator in result)) setResult(policy.told(args, verdict, result));
        },
      };
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const { refusal } = policy.judge(args);
      if (refusal) return void setResultAndStopExecution(refusal);
      return {
        onSubscribeResult({ result, setResult }) {
          if (!(Symbol.asyncIterator in result)) setResult(policy.told(args, { cost: null }, result));
        },
      };
    },
  };
}
