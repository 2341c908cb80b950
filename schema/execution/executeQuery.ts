import {
  defaultFieldResolver,
  defaultTypeResolver,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getVariableValues,
  isObjectType,
  locatedError,
  responsePathAsArray,
} from 'graphql';
import type { Waiting } from '../../runtime/reads/awaitedStatements.js';
import { ReadRow } from '../../runtime/reads/readRow.js';
import { takeOf, takeRelation, wholeRowText } from './fromRows.js';
import { answerText, JsonText } from './jsonText.js';
import { type PreparedQuery, prepareQuery } from './preparedQuery.js';
import { type Execution, type SelectedField, type Selection, selectedBeneath } from './selection.js';
import type { TypeShape } from './typeShape.js';

type Path = GraphQLResolveInfo['path'];
type Maybe<T> = T | Promise<T>;
/** An answer whose data is JSON already. */
export interface TextResult extends Pick<ExecutionResult, 'errors' | 'extensions'> {
  data?: JsonText | null;
  /** Writes the whole answer. */
  stringify?: typeof answerText;
}

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as Promise<unknown>).then === 'function';

/** Fails, once nothing can fail behind its back. */
const failAfter = async (pending: readonly unknown[], error: unknown): Promise<never> => {
  await Promise.allSettled(pending);
  throw error;
};

/** Executes a query by the rules of the GraphQL specification (section 6), like any executor, and writes the answer as it goes:
 * no object is made of it that would have to be gone through again. What a field is and what is selected beneath it is found
 * out once a document and not once a row, and what lies in the rows is taken from them (plainFields.ts).
 * @param waiting - whoever waits for the answer: once they are gone, no more resolvers are called. */
export function executeQuery(args: ExecutionArgs, waiting?: Waiting): Maybe<TextResult> {
  const { schema, document, rootValue, contextValue } = args;
  const query = prepareQuery(document, args.operationName)!;
  const { operation, fragments } = query;
  const variables = getVariableValues(schema, operation.variableDefinitions ?? [], args.variableValues ?? {}, {
    maxErrors: 50,
  });
  if (variables.errors) return { errors: variables.errors };
  const execution: Execution = {
    schema,
    fragments,
    operation,
    rootValue,
    contextValue,
    variableValues: variables.coerced,
  };
  return new QueryExecution(query, execution, waiting).run();
}

const cancelled = () =>
  new GraphQLError('Nobody waits for the answer any more.', { extensions: { code: 'CANCELLED' } });

class QueryExecution {
  private readonly errors: GraphQLError[] = [];

  constructor(
    private readonly query: PreparedQuery,
    private readonly execution: Execution,
    private readonly waiting: Waiting | undefined,
  ) {}

  run(): Maybe<TextResult> {
    const answer = (text: string | null): TextResult => {
      if (this.waiting?.aborted) return { errors: [cancelled()], data: null };
      const data = text === null ? null : new JsonText(text);
      return { ...(this.errors.length > 0 && { errors: this.errors }), data, stringify: answerText };
    };
    const fail = (error: unknown) => {
      this.errors.push(error as GraphQLError);
      return answer(null);
    };
    try {
      const data = this.object(this.execution.rootValue, undefined, this.query.selection(this.execution));
      return isPromise(data) ? data.then(answer, fail) : answer(data);
    } catch (error) {
      return fail(error);
    }
  }

  /** An object of the answer with its fields in the order they were asked for. */
  private object(source: unknown, path: Path | undefined, { fields }: Selection): Maybe<string> {
    if (this.waiting?.aborted) return '{}';
    const values: Maybe<string>[] = [];
    let isPending = false;
    try {
      for (const selected of fields) {
        const value = this.field(selected, source, path);
        isPending ||= isPromise(value);
        values.push(value);
      }
    } catch (error) {
      return failAfter(values, error);
    }
    return isPending
      ? Promise.all(values).then((all) => objectText(fields, all))
      : objectText(fields, values as string[]);
  }

  private field(selected: SelectedField, source: unknown, prev: Path | undefined): Maybe<string> {
    const { field, key, parentType, shape, member } = selected;
    let path: Path | undefined;
    try {
      const taken = source instanceof ReadRow ? this.taken(selected, source) : undefined;
      if (typeof taken === 'string') return taken;
      path = { prev, key, typename: parentType.name };
      if (taken !== undefined) return this.completed(selected, shape, taken, path);
      if (member !== null) return this.completed(selected, shape, (source as Record<string, unknown>)[member], path);
      const value = (field.resolve ?? defaultFieldResolver)(
        source,
        selected.args(this.execution.variableValues),
        this.execution.contextValue,
        this.info(selected, path),
      );
      const text = this.completed(selected, shape, value, path);
      if (source instanceof ReadRow && typeof text === 'string') this.learn(selected, source, value);
      return text;
    } catch (error) {
      return this.fail(selected, shape, error, path ?? { prev, key, typename: parentType.name });
    }
  }

  private taken(selected: SelectedField, row: ReadRow) {
    return takeOf(selected, row.shape)?.(row, this.execution.contextValue);
  }

  private learn(selected: SelectedField, row: ReadRow, value: unknown): void {
    const relation = selected.related();
    const target = selected.shape.kind === 'list' ? selected.shape.item : selected.shape;
    if (!relation || target.kind !== 'object') return;
    if (value === undefined || value !== row.member(relation.name)) return;
    takeRelation(selected, relation, selectedBeneath(this.execution, selected, target.type), row.shape);
  }

  /** Completes a value that may not be there yet; a failure ends at the nearest place that may be null. */
  private completed(selected: SelectedField, shape: TypeShape, value: unknown, path: Path): Maybe<string> {
    try {
      const text = isPromise(value)
        ? value.then((done) => this.complete(selected, shape, done, path))
        : this.complete(selected, shape, value, path);
      return isPromise(text) ? text.then(undefined, (error) => this.fail(selected, shape, error, path)) : text;
    } catch (error) {
      return this.fail(selected, shape, error, path);
    }
  }

  /** @throws GraphQLError where there may be no null: what holds it fails as well */
  private fail({ nodes }: SelectedField, { isNullable }: TypeShape, error: unknown, path: Path): 'null' {
    const located = locatedError(error, nodes, responsePathAsArray(path));
    if (!isNullable) throw located;
    this.errors.push(located);
    return 'null';
  }

  private complete(selected: SelectedField, shape: TypeShape, value: unknown, path: Path): Maybe<string> {
    if (value instanceof Error) throw value;
    if (value === null || value === undefined) {
      if (shape.isNullable) return 'null';
      throw new Error(`Cannot return null for non-nullable field ${selected.parentType}.${selected.field.name}.`);
    }
    switch (shape.kind) {
      case 'leaf':
        return shape.write(value);
      case 'list':
        return this.list(selected, shape.item, value, path);
      case 'object':
        return this.typed(selected, shape.type, value, path);
      case 'abstract':
        return this.abstract(selected, shape.type, value, path);
    }
  }

  private list(selected: SelectedField, item: TypeShape, value: unknown, prev: Path): Maybe<string> {
    if (typeof value !== 'object' || value === null || !(Symbol.iterator in value))
      throw new Error(`Expected a list for field ${selected.parentType}.${selected.field.name}.`);
    const items: Maybe<string>[] = [];
    let isPending = false;
    try {
      for (const one of value as Iterable<unknown>) {
        const path = { prev, key: items.length, typename: undefined };
        const text = this.completed(selected, item, one, path);
        isPending ||= isPromise(text);
        items.push(text);
      }
    } catch (error) {
      return failAfter([...items, ...(value as Iterable<unknown>)], error);
    }
    return isPending ? Promise.all(items).then(listText) : listText(items as string[]);
  }

  private typed(selected: SelectedField, type: GraphQLObjectType, value: unknown, path: Path): Maybe<string> {
    const selection = selectedBeneath(this.execution, selected, type);
    if (!type.isTypeOf) {
      const text = value instanceof ReadRow ? wholeRowText(value, selection, this.execution.contextValue) : undefined;
      return text ?? this.object(value, path, selection);
    }
    const go = (isOne: boolean) => {
      if (!isOne) throw new Error(`Expected a value of type "${type}".`);
      return this.object(value, path, selection);
    };
    const isOfType = type.isTypeOf(value, this.execution.contextValue, this.info(selected, path));
    return isPromise(isOfType) ? isOfType.then(go) : go(isOfType);
  }

  private abstract(
    selected: SelectedField,
    type: Extract<TypeShape, { kind: 'abstract' }>['type'],
    value: unknown,
    path: Path,
  ): Maybe<string> {
    const { schema, contextValue } = this.execution;
    const go = (name: string | undefined) => {
      const found = name ? schema.getType(name) : undefined;
      if (!isObjectType(found) || !schema.isSubType(type, found))
        throw new Error(`"${name}" is no type that "${type}" can be.`);
      return this.typed(selected, found, value, path);
    };
    const resolveType = type.resolveType ?? defaultTypeResolver;
    const name = resolveType(value, contextValue, this.info(selected, path), type);
    return isPromise(name) ? name.then(go) : go(name);
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

function objectText(fields: readonly SelectedField[], values: readonly string[]): string {
  let text = '';
  for (let i = 0; i < fields.length; i++) text += (i === 0 ? '{' : ',') + fields[i]!.keyText + values[i]!;
  return text === '' ? '{}' : `${text}}`;
}

const JOINED_ITEMS = 16;

/** Joined by parts of the list, which are then added up: a sum of all would keep every piece until it is sent, and a whole long list
 * joined would be copied once more, as a large object, when it is. */
function listText(items: readonly string[]): string {
  let text = '';
  for (let i = 0; i < items.length; i += JOINED_ITEMS)
    text += (i === 0 ? '' : ',') + items.slice(i, i + JOINED_ITEMS).join(',');
  return `[${text}]`;
}
