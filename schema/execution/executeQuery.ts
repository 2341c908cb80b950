import {
  defaultFieldResolver,
  defaultTypeResolver,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getOperationAST,
  getVariableValues,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
  responsePathAsArray,
} from 'graphql';
import { type Execution, fragmentsOf, type SelectedField, selectedAtRoot, selectedBeneath } from './selection.js';

type Path = GraphQLResolveInfo['path'];
type Row = Record<string, unknown>;
type Maybe<T> = T | Promise<T>;

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as Promise<unknown> | null | undefined)?.then === 'function';

/** Fails, once nothing can fail behind its back. */
const failAfter = async (pending: readonly unknown[], error: unknown): Promise<never> => {
  await Promise.allSettled(pending);
  throw error;
};

const then = <T, R>(value: Maybe<T>, next: (value: T) => Maybe<R>): Maybe<R> =>
  isPromise(value) ? (value as Promise<T>).then(next) : next(value);

/** Executes a query by the rules of the GraphQL specification (section 6), like any executor. What a field is and what is
 * selected beneath it is found out once and not once a row, and plain columns are taken from their rows (plainFields.ts).
 * @param signal - of whoever waits for the answer: once they are gone, no more resolvers are called. */
export function executeQuery(args: ExecutionArgs, signal?: AbortSignal): Maybe<ExecutionResult> {
  const { schema, document, rootValue, contextValue } = args;
  const operation = getOperationAST(document, args.operationName)!;
  const variables = getVariableValues(schema, operation.variableDefinitions ?? [], args.variableValues ?? {}, {
    maxErrors: 50,
  });
  if (variables.errors) return { errors: variables.errors };
  const execution: Execution = {
    schema,
    fragments: fragmentsOf(document),
    operation,
    rootValue,
    contextValue,
    variableValues: variables.coerced,
  };
  return new QueryExecution(execution, signal).run();
}

const cancelled = () =>
  new GraphQLError('Nobody waits for the answer any more.', { extensions: { code: 'CANCELLED' } });

class QueryExecution {
  private readonly errors: GraphQLError[] = [];

  constructor(
    private readonly execution: Execution,
    private readonly signal: AbortSignal | undefined,
  ) {}

  run(): Maybe<ExecutionResult> {
    const answer = (data: Row | null): ExecutionResult => {
      if (this.signal?.aborted) return { errors: [cancelled()], data: null };
      return this.errors.length > 0 ? { errors: this.errors, data } : { data };
    };
    const fail = (error: unknown) => {
      this.errors.push(error as GraphQLError);
      return answer(null);
    };
    try {
      const data = this.object(this.execution.rootValue, undefined, selectedAtRoot(this.execution));
      return isPromise(data) ? (data as Promise<Row>).then(answer, fail) : answer(data);
    } catch (error) {
      return fail(error);
    }
  }

  /** An object of the answer with its fields in the order they were asked for. */
  private object(source: unknown, path: Path | undefined, fields: readonly SelectedField[]): Maybe<Row> {
    const result: Row = {};
    if (this.signal?.aborted) return result;
    const pending: Promise<void>[] = [];
    try {
      for (const selected of fields) {
        const { key } = selected;
        const value = this.field(selected, source, path);
        result[key] = value;
        if (isPromise(value))
          pending.push(
            value.then((done) => {
              result[key] = done;
            }),
          );
      }
    } catch (error) {
      return failAfter(pending, error);
    }
    return pending.length > 0 ? Promise.all(pending).then(() => result) : result;
  }

  private field(selected: SelectedField, source: unknown, prev: Path | undefined): unknown {
    const { field, key, parentType, plain } = selected;
    try {
      const value = plain?.fromRow(source as Row, this.execution.contextValue);
      if (value === null && plain!.isNullable) return null;
      if (value !== undefined && value !== null && !isPromise(value)) return plain!.leaf.serialize(value);
      if (value !== undefined)
        return this.completeOrFail(selected, field.type, { prev, key, typename: parentType.name }, () => value);
    } catch (error) {
      return this.fail(selected, field.type, error, { prev, key, typename: parentType.name });
    }
    const path = { prev, key, typename: parentType.name };
    const relation = selected.related();
    if (relation !== null && (source as Row)[relation] !== undefined)
      return this.completeOrFail(selected, field.type, path, () => (source as Row)[relation]);
    return this.completeOrFail(selected, field.type, path, () =>
      (field.resolve ?? defaultFieldResolver)(
        source,
        selected.args(),
        this.execution.contextValue,
        this.info(selected, path),
      ),
    );
  }

  /** Completes a value that may not be there yet; a failure ends at the nearest place that may be null. */
  private completeOrFail(selected: SelectedField, type: GraphQLOutputType, path: Path, get: () => unknown): unknown {
    try {
      const completed = then(get(), (value) => this.complete(selected, type, value, path));
      if (!isPromise(completed)) return completed;
      return completed.then(undefined, (error) => this.fail(selected, type, error, path));
    } catch (error) {
      return this.fail(selected, type, error, path);
    }
  }

  /** @throws GraphQLError where there may be no null: what holds it fails as well */
  private fail({ nodes }: SelectedField, type: GraphQLOutputType, error: unknown, path: Path): null {
    const located = locatedError(error, nodes, responsePathAsArray(path));
    if (isNonNullType(type)) throw located;
    this.errors.push(located);
    return null;
  }

  private complete(selected: SelectedField, type: GraphQLOutputType, value: unknown, path: Path): Maybe<unknown> {
    if (value instanceof Error) throw value;
    if (isNonNullType(type))
      return then(this.complete(selected, type.ofType, value, path), (done) => {
        if (done !== null) return done;
        throw new Error(`Cannot return null for non-nullable field ${selected.parentType}.${selected.field.name}.`);
      });
    if (value === null || value === undefined) return null;
    if (isLeafType(type)) return this.leaf(type, value);
    if (isListType(type)) return this.list(selected, type.ofType, value, path);
    if (isObjectType(type)) return this.typed(selected, type, value, path);
    return this.abstract(selected, type, value, path);
  }

  private leaf(type: GraphQLLeafType, value: unknown): unknown {
    const serialized = type.serialize(value) ?? null;
    if (serialized === null) throw new Error(`"${type}" made nothing of its value.`);
    return serialized;
  }

  private list(selected: SelectedField, itemType: GraphQLOutputType, value: unknown, prev: Path): Maybe<unknown[]> {
    if (typeof value !== 'object' || value === null || !(Symbol.iterator in value))
      throw new Error(`Expected a list for field ${selected.parentType}.${selected.field.name}.`);
    const items: unknown[] = [];
    let isPending = false;
    try {
      for (const item of value as Iterable<unknown>) {
        const path = { prev, key: items.length, typename: undefined };
        const completed = this.completeOrFail(selected, itemType, path, () => item);
        isPending ||= isPromise(completed);
        items.push(completed);
      }
    } catch (error) {
      return failAfter([...items, ...(value as Iterable<unknown>)], error);
    }
    return isPending ? Promise.all(items) : items;
  }

  private typed(selected: SelectedField, type: GraphQLObjectType, value: unknown, path: Path): Maybe<Row> {
    const fields = selectedBeneath(this.execution, selected, type);
    if (!type.isTypeOf) return this.object(value, path, fields);
    const isOfType = type.isTypeOf(value, this.execution.contextValue, this.info(selected, path));
    return then(isOfType, (isOne) => {
      if (!isOne) throw new Error(`Expected a value of type "${type}".`);
      return this.object(value, path, fields);
    });
  }

  private abstract(selected: SelectedField, type: GraphQLAbstractType, value: unknown, path: Path): Maybe<Row> {
    const { schema, contextValue } = this.execution;
    const resolveType = type.resolveType ?? defaultTypeResolver;
    return then(resolveType(value, contextValue, this.info(selected, path), type), (name) => {
      const found = name ? schema.getType(name) : undefined;
      if (!isObjectType(found) || !schema.isSubType(type, found))
        throw new Error(`"${name}" is no type that "${type}" can be.`);
      return this.typed(selected, found, value, path);
    });
  }

  private info({ field, nodes, parentType }: SelectedField, path: Path): GraphQLResolveInfo {
    const { schema, fragments, rootValue, operation, variableValues } = this.execution;
    return {
      fieldName: field.name,
      fieldNodes: nodes,
      returnType: field.type,
      parentType,
      path,
      schema,
      fragments,
      rootValue,
      operation,
      variableValues,
    };
  }
}
