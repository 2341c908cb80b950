import { collectFields, collectSubFields } from '@graphql-tools/utils';
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type ValueNode,
} from 'graphql';
import type { ReadRow, RowShape } from '../../runtime/reads/readRow.js';
import { memberOf, type PlainField, plainFieldOf, type RelationInRow, relationInRow } from '../plainFields.js';
import { jsonText } from './jsonText.js';
import { type TypeShape, typeShape } from './typeShape.js';

/** One query under way. */
export interface Execution
  extends Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'operation' | 'rootValue' | 'variableValues'> {
  contextValue: unknown;
}

/** What is selected of an object, in the order in which it was asked for. */
export interface Selection {
  fields: readonly SelectedField[];
  /** How often rows of the last shape that it met had to be asked for field by field (fromRows.ts). */
  missed: { shape: RowShape; times: number } | null;
}

/** One field of an answer, the same for all rows and whoever asks (preparedQuery.ts). */
export interface SelectedField {
  /** Its alias or name, and the same as it stands in the answer, with a colon. */
  key: string;
  keyText: string;
  nodes: FieldNode[];
  field: GraphQLField<unknown, unknown>;
  shape: TypeShape;
  parentType: GraphQLObjectType;
  /** Set where the value lies ready in the row. */
  plain: PlainField | null;
  /** Set where its value is a member of the object that holds it, by this name, and nothing else. */
  member: string | null;
  /** What may lie in the row with all that is selected beneath; null: it is not such a field. */
  related(): RelationInRow | null;
  /** How it is taken from rows of the last shape that it met (fromRows.ts): all rows of a list have the same. */
  taking: { shape: RowShape; take: TakeFromRow | null } | null;
  /** @throws GraphQLError where a value does not fit */
  args: (variables: Record<string, unknown>) => Record<string, unknown>;
  /** What is selected beneath, by the type that is met there. */
  beneath: Map<GraphQLObjectType, Selection>;
}

/** A field of a row as JSON; a promise where its value comes later; undefined: a resolver has to be asked. */
export type TakeFromRow = (row: ReadRow, context: unknown) => string | Promise<unknown> | undefined;

export function selectedAtRoot(execution: Execution): Selection {
  const { schema, fragments, variableValues, operation } = execution;
  const type = schema.getQueryType()!;
  return selected(
    execution,
    type,
    collectFields(schema, { ...fragments }, variableValues, type, operation.selectionSet).fields,
  );
}

export function selectedBeneath(
  execution: Execution,
  { beneath, nodes }: Pick<SelectedField, 'beneath' | 'nodes'>,
  type: GraphQLObjectType,
): Selection {
  let selection = beneath.get(type);
  if (!selection) {
    const { schema, fragments, variableValues } = execution;
    selection = selected(
      execution,
      type,
      collectSubFields(schema, { ...fragments }, { ...variableValues }, type, nodes).fields,
    );
    beneath.set(type, selection);
  }
  return selection;
}

/** Relations beneath which nothing is selected that wants to know from Prisma's plugin how it was loaded. */
function related(execution: Execution, { field, shape, nodes, beneath }: SelectedField): RelationInRow | null {
  const relation = field.resolve && relationInRow.get(field.resolve);
  const target = shape.kind === 'list' ? shape.item : shape;
  if (!relation || target.kind !== 'object') return null;
  const { fields } = selectedBeneath(execution, { beneath, nodes }, target.type);
  return fields.every((one) => one.plain || isTypename(one) || one.related()) ? relation : null;
}

export const isTypename = ({ field }: SelectedField) => field === TypeNameMetaFieldDef;

function selected(
  execution: Execution,
  parentType: GraphQLObjectType,
  byKey: ReadonlyMap<string, FieldNode[]>,
): Selection {
  const { schema } = execution;
  const fields = [...byKey].flatMap(([key, nodes]) => {
    const field = fieldOf(schema, parentType, nodes[0]!.name.value);
    if (!field) return [];
    const shape = typeShape(field.type);
    let relation: { found: RelationInRow | null } | undefined;
    const one: SelectedField = {
      key,
      keyText: `${jsonText(key)}:`,
      nodes,
      field,
      shape,
      parentType,
      plain: (shape.kind === 'leaf' && field.resolve && plainFieldOf.get(field.resolve)) || null,
      member: (field.resolve && memberOf.get(field.resolve)) ?? null,
      taking: null,
      related: () => {
        relation ??= { found: related(execution, one) };
        return relation.found;
      },
      args: argumentsOf(field, nodes[0]!),
      beneath: new Map(),
    };
    return one;
  });
  return { fields, missed: null };
}

/** Worked out once, or once a query where variables are in them. */
function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): SelectedField['args'] {
  const hasVariables = (node.arguments ?? []).some((one) => mentionsVariable(one.value));
  if (!hasVariables) {
    let constant: Record<string, unknown> | undefined;
    return () => (constant ??= getArgumentValues(field, node));
  }
  let last: { variables: object; args: Record<string, unknown> } | undefined;
  return (variables) => {
    if (last?.variables !== variables) last = { variables, args: getArgumentValues(field, node, variables) };
    return last.args;
  };
}

function mentionsVariable(value: ValueNode): boolean {
  switch (value.kind) {
    case Kind.VARIABLE:
      return true;
    case Kind.LIST:
      return value.values.some(mentionsVariable);
    case Kind.OBJECT:
      return value.fields.some((field) => mentionsVariable(field.value));
    default:
      return false;
  }
}

function fieldOf(schema: GraphQLSchema, type: GraphQLObjectType, name: string) {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type === schema.getQueryType() && name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (type === schema.getQueryType() && name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return type.getFields()[name];
}
