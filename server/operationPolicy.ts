import type { ExecutionArgs, ExecutionResult, GraphQLError } from 'graphql';
import type { Context } from '../schema/context.js';
import { refusalFor } from '../schema/partnerView.js';
import type { IntrospectionPolicy } from './introspectionPolicy.js';
import { MAX_COST, weigh } from './operationCost.js';

/** What is decided of an operation before anything of it runs. */
export interface Verdict {
  /** Set where it must not run. */
  refusal?: ExecutionResult;
  /** Null: not told, because arguments are wrong. */
  cost: number | null;
}

/** Decides which of the valid operations run, whoever executes them: variables that are too large, operations that are too dear,
 * introspection and fields that are not for their sender. */
export class OperationPolicy {
  constructor(private readonly introspection: IntrospectionPolicy) {}

  judge(args: ExecutionArgs): Verdict {
    const { contextValue, schema, document } = args;
    const { viewer } = contextValue as Context;
    const verdict = weigh(args);
    if (verdict.refusal) return verdict;
    const refusal = this.introspection.refusalFor(viewer, schema, document) ?? refusalFor(viewer, schema, document);
    return refusal ? { ...verdict, refusal: { errors: [refusal] } } : verdict;
  }

  /** The result as its reader may see it, with the cost. */
  told<R extends ExecutionResult>({ contextValue }: ExecutionArgs, { cost }: Verdict, result: R): R {
    const told = { ...result };
    if (result.errors) told.errors = this.introspection.told((contextValue as Context).viewer, result.errors);
    if (cost !== null) told.extensions = { ...result.extensions, cost: { requested: cost, limit: MAX_COST } };
    return told;
  }

  /** What is wrong with a document, as its sender may see it. */
  toldOfDocument(viewer: Context['viewer'] | undefined, errors: readonly GraphQLError[]): readonly GraphQLError[] {
    return this.introspection.told(viewer, errors);
  }
}
