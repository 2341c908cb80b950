import { collectFields, collectSubFields } from '@graphql-tools/utils';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  getNullableType,
  isLeafType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { type FromRow, valueInRow } from '../plainFields.js';

/** One query under way. */
export interface Execution
  extends Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'operation' | 'rootValue' | 'variableValues'> {
  contextValue: unknown;
}

/** One field of an answer, the same for all rows. */
export interface SelectedField {
  /** Its alias or name. */
  key: string;
  nodes: FieldNode[];
  field: GraphQLField<unknown, unknown>;
  parentType: GraphQLObjectType;
  /** Set where the value lies ready in the row. */
  plain: { fromRow: FromRow; leaf: GraphQLLeafType } | null;
  /** @throws GraphQLError where a value does not fit */
  args: () => Record<string, unknown>;
  /** What is selected beneath, by the type that is met there. */
  beneath: Map<GraphQLObjectType, readonly SelectedField[]>;
}

export function selectedAtRoot(execution: Execution): readonly SelectedField[] {
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
  { beneath, nodes }: SelectedField,
  type: GraphQLObjectType,
): readonly SelectedField[] {
  let fields = beneath.get(type);
  if (!fields) {
    const { schema, fragments, variableValues } = execution;
    fields = selected(
      execution,
      type,
      collectSubFields(schema, { ...fragments }, { ...variableValues }, type, nodes).fields,
    );
    beneath.set(type, fields);
  }
  return fields;
}

function selected(
  { schema, variableValues }: Execution,
  parentType: GraphQLObjectType,
  byKey: ReadonlyMap<string, FieldNode[]>,
): readonly SelectedField[] {
  return [...byKey].flatMap(([key, nodes]) => {
    const field = fieldOf(schema, parentType, nodes[0]!.name.value);
    if (!field) return [];
    const leaf = getNullableType(field.type);
    const fromRow = field.resolve && valueInRow.get(field.resolve);
    let args: Record<string, unknown> | undefined;
    return {
      key,
      nodes,
      field,
      parentType,
      plain: fromRow && isLeafType(leaf) ? { fromRow, leaf } : null,
      args: () => (args ??= getArgumentValues(field, nodes[0]!, variableValues)),
      beneath: new Map(),
    };
  });
}

function fieldOf(schema: GraphQLSchema, type: GraphQLObjectType, name: string) {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type === schema.getQueryType() && name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (type === schema.getQueryType() && name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return type.getFields()[name];
}

export const fragmentsOf = ({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> =>
  Object.fromEntries(
    definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])),
  );
