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
  isNonNullType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { type FromRow, relationInRow, valueInRow } from '../plainFields.js';

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
  plain: { fromRow: FromRow; leaf: GraphQLLeafType; isNullable: boolean } | null;
  /** Name of an object in the row that needs no resolver, because nothing beneath it does; null: it is not such a field. */
  related(): string | null;
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
  { beneath, nodes }: Pick<SelectedField, 'beneath' | 'nodes'>,
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

/** What lies in the row already may be read without telling Prisma's plugin, as long as no field beneath wants to know of it. */
function related(execution: Execution, { field, beneath, nodes }: SelectedField): string | null {
  const name = field.resolve && relationInRow.get(field.resolve);
  const type = getNullableType(field.type);
  if (!name || !isObjectType(type)) return null;
  const fields = selectedBeneath(execution, { beneath, nodes }, type);
  return fields.every((one) => one.plain || one.field === TypeNameMetaFieldDef || one.related() !== null) ? name : null;
}

function selected(
  execution: Execution,
  parentType: GraphQLObjectType,
  byKey: ReadonlyMap<string, FieldNode[]>,
): readonly SelectedField[] {
  const { schema, variableValues } = execution;
  return [...byKey].flatMap(([key, nodes]) => {
    const field = fieldOf(schema, parentType, nodes[0]!.name.value);
    if (!field) return [];
    const leaf = getNullableType(field.type);
    const fromRow = field.resolve && valueInRow.get(field.resolve);
    let args: Record<string, unknown> | undefined;
    let relation: { name: string | null } | undefined;
    const one: SelectedField = {
      key,
      nodes,
      field,
      parentType,
      plain: fromRow && isLeafType(leaf) ? { fromRow, leaf, isNullable: !isNonNullType(field.type) } : null,
      related: () => {
        relation ??= { name: related(execution, one) };
        return relation.name;
      },
      args: () => (args ??= getArgumentValues(field, nodes[0]!, variableValues)),
      beneath: new Map(),
    };
    return one;
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
