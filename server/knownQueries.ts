import type { IncomingMessage } from 'node:http';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  OperationTypeNode,
} from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import type { Waiting } from '../runtime/reads/awaitedStatements.js';
import type { Context, Viewer } from '../schema/context.js';
import { executeQuery } from '../schema/execution/executeQuery.js';
import { prepareQuery } from '../schema/execution/preparedQuery.js';
import { schema } from '../schema/index.js';
import { identityOf } from './auth.js';
import type { OperationPolicy } from './operationPolicy.js';
import type { PersistedOperations } from './persistedOperations.js';
import type { KnownDocuments } from './useDocumentLimits.js';

interface Parts {
  documents: KnownDocuments;
  policy: OperationPolicy;
  operations: PersistedOperations;
  createContext(viewer: Viewer | null, waiting: Waiting): Context;
  /** The error as clients may see it. */
  mask(error: unknown): GraphQLError;
}

const MEMBERS: ReadonlySet<string> = new Set(['query', 'operationName', 'variables', 'extensions']);
const isOptional = (value: unknown, type: 'string' | 'object') =>
  value === undefined || value === null || (typeof value === type && !Array.isArray(value));

/** Nothing about it needs to be refused. */
const isPlain = (params: GraphQLParams) =>
  Object.keys(params).every((name) => MEMBERS.has(name)) &&
  isOptional(params.query, 'string') &&
  isOptional(params.operationName, 'string') &&
  isOptional(params.variables, 'object') &&
  isOptional(params.extensions, 'object');

/** Executes queries whose document was valid when it came before, by the same policy as all others but without asking each plugin
 * of Yoga: for a small query that takes longer than to execute it. */
export class KnownQueries {
  private readonly valid = new WeakSet<DocumentNode>();

  constructor(private readonly parts: Parts) {}

  /** @param document - that passed validation. */
  remember(document: DocumentNode): void {
    this.valid.add(document);
  }

  /** @returns undefined where it is no such query: Yoga deals with it.
   * @throws GraphQLError where the document may not be asked for. */
  run(
    request: IncomingMessage,
    params: GraphQLParams,
    waiting: Waiting,
  ): ExecutionResult | Promise<ExecutionResult> | undefined {
    if (!isPlain(params)) return undefined;
    const { documents, policy, operations, createContext } = this.parts;
    const viewer = identityOf(request)?.viewer ?? null;
    const document = documents.get(operations.documentOf(params, viewer) ?? '');
    if (!document || !this.valid.has(document)) return undefined;
    const { operationName, variables } = params;
    if (prepareQuery(document, operationName)?.operation.operation !== OperationTypeNode.QUERY) return undefined;
    const args: ExecutionArgs = {
      schema,
      document,
      operationName,
      variableValues: variables,
      contextValue: createContext(viewer, waiting),
    };
    const verdict = policy.judge(args);
    if (verdict.refusal) return this.masked(verdict.refusal);
    const done = (result: ExecutionResult) => this.masked(policy.told(args, verdict, result));
    const result = executeQuery(args, waiting) as ExecutionResult | Promise<ExecutionResult>;
    return result instanceof Promise ? result.then(done) : done(result);
  }

  private masked(result: ExecutionResult): ExecutionResult {
    return result.errors ? { ...result, errors: result.errors.map(this.parts.mask) } : result;
  }
}
