import {
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  getOperationAST,
  OperationTypeNode,
} from 'graphql';
import type { Plugin, YogaInitialContext } from 'graphql-yoga';
import type { Waiting } from '../runtime/reads/awaitedStatements.js';
import type { Context } from '../schema/context.js';
import { executeQuery } from '../schema/execution/executeQuery.js';
import { identityOf } from './auth.js';
import type { contextFactory, ServerContext } from './context.js';
import type { KnownQueries } from './knownQueries.js';
import type { OperationPolicy } from './operationPolicy.js';
import type { Asked, RefusedMutations } from './refusedMutations.js';

/** Holds all operations of Yoga to the policy. Queries are executed by our own executor, as long as the client waits; mutations keep
 * Yoga's, which knows how to take turns, and go through whoever waits. */
export function useOperationPolicy(
  policy: OperationPolicy,
  queries: KnownQueries,
  refused: RefusedMutations,
  createContext: ReturnType<typeof contextFactory>,
): Plugin<YogaInitialContext> {
  return {
    onValidate({ context, params: { documentAST } }) {
      const viewer = identityOf((context as unknown as ServerContext).req)?.viewer;
      return ({ valid, result, setResult }) => {
        if (valid) return;
        const errors = policy.toldOfDocument(viewer, result as GraphQLError[]);
        setResult([...errors]);
        // Nothing can be waited for here.
        void refused.takeDown(context as unknown as Asked, documentAST, errors[0], 'GRAPHQL_VALIDATION_FAILED');
      };
    },
    onExecute({ args, setExecuteFn, setResultAndStopExecution }) {
      queries.remember(args.document);
      const verdict = policy.judge(args);
      const takeDown = ({ errors }: ExecutionResult) =>
        refused.takeDown(args.contextValue as unknown as Asked, args.document, errors?.[0], 'BAD_USER_INPUT');
      if (verdict.refusal) {
        setResultAndStopExecution(verdict.refusal);
        return takeDown(verdict.refusal);
      }
      const { document, operationName, contextValue } = args;
      if (getOperationAST(document, operationName)?.operation === OperationTypeNode.QUERY) {
        // Undefined over transports that Yoga does not speak.
        const waiting: Waiting | undefined = contextValue.request?.signal;
        const context = createContext((contextValue as unknown as Context).viewer, waiting);
        setExecuteFn((given: ExecutionArgs) => executeQuery({ ...given, contextValue: context }, waiting));
      }
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return undefined;
          setResult(policy.told(args, verdict, result));
          // Without data, nothing was begun.
          return result.data === undefined ? takeDown(result) : undefined;
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
