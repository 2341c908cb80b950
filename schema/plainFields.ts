import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import { getDatamodel } from '../generated/pothos-types.js';
import { encodeGlobalId } from './globalId.js';

declare global {
  namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      plainFields: PlainFieldsPlugin<Types>;
    }
  }
}

/** How to do without a resolver. */
export interface PlainField {
  /** Gives what a row has for the field; undefined where the row lacks it. */
  fromRow(row: Record<string, unknown>, context: unknown): unknown;
  /** Set where that is this column and nothing else. */
  column: string | null;
}

/** Plain fields, by the resolver. A field that anything guards has a resolver of the guard's, so it is not here. */
export const plainFieldOf = new WeakMap<object, PlainField>();

export interface RelationInRow {
  /** The name it has in the row. */
  name: string;
  isList: boolean;
}

/** Relations that may lie in the row, by the resolver. */
export const relationInRow = new WeakMap<object, RelationInRow>();

/** Fields that hand on a member of what Relay's plugin has put together, by the resolver. */
export const memberOf = new WeakMap<object, string>();

/** The members of connections and edges. */
const MEMBERS: ReadonlySet<string> = new Set(['edges', 'pageInfo', 'node', 'cursor']);

/** Columns that make up the id of a node, where it is not `id`. */
const KEYS: Record<string, readonly string[]> = { NodeRun: ['runId', 'idx'] };

/** Takes values that a row has from the row. The plugins after it ask of every field of every row which query has loaded it,
 * and make ids by way of two promises; both are only needed where the row lacks the column. Put after the plugins that guard
 * fields and before Prisma's, it changes no answer. */
class PlainFieldsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    const relation = this.relation(field);
    if (relation) relationInRow.set(resolve, relation);
    const plain = this.plainField(field);
    if (!plain) {
      if (this.isMember(field)) memberOf.set(resolve, field.name);
      return resolve;
    }
    const withoutAsking: typeof resolve = (row, args, context, info) => {
      const value = plain.fromRow(row as Record<string, unknown>, context);
      return value !== undefined ? value : resolve(row, args, context, info);
    };
    plainFieldOf.set(withoutAsking, plain);
    return withoutAsking;
  }

  private relation({ extensions, args }: PothosOutputFieldConfig<Types>): RelationInRow | null {
    const relation = extensions?.pothosPrismaRelationField as RelationInRow | undefined;
    // With a fallback it has a resolver of its own.
    if (!relation || extensions?.pothosPrismaFallback) return null;
    const { name, isList } = relation;
    return isList || Object.keys(args).length === 0 ? { name, isList } : null;
  }

  private isMember({ parentType, name, resolve }: PothosOutputFieldConfig<Types>): boolean {
    const { kind, extensions } = this.buildCache.getTypeConfig(parentType);
    const isRelays = kind === 'Object' && /(Connection|Edge)$/.test(parentType) && !extensions?.pothosPrismaModel;
    // Theirs take the parent and nothing else.
    return isRelays && MEMBERS.has(name) && resolve?.length === 1;
  }

  private plainField(field: PothosOutputFieldConfig<Types>): PlainField | null {
    const { parentType, extensions, name } = field;
    const type = this.buildCache.getTypeConfig(parentType);
    if (type.kind !== 'Object' || !type.extensions?.pothosPrismaModel) return null;
    const column = extensions?.pothosExposedField;
    if (typeof column === 'string') return { fromRow: (row) => row[column], column };
    if (name !== 'id' || !type.interfaces.some((one) => this.buildCache.getTypeConfig(one).name === 'Node'))
      return this.worked(field);
    const keys = KEYS[parentType];
    return {
      column: null,
      fromRow: keys
        ? (row) => {
            const parts = keys.map((key) => row[key]);
            return parts.includes(undefined) ? undefined : encodeGlobalId(parentType, parts.join(':'));
          }
        : ({ id }) => (id === undefined ? undefined : encodeGlobalId(parentType, id as string)),
    };
  }

  /** Fields that are worked out of what they name in `select`: columns, here and in relations to one object, and of nothing else. */
  private worked(field: PothosOutputFieldConfig<Types>): PlainField | null {
    const { resolve, args, extensions, pothosOptions } = field;
    const selected = extensions?.pothosPrismaSelect as unknown;
    // What is generated (relations, connections) names its selection by functions; arguments and `info` are not at hand.
    if (typeof selected !== 'object' || selected === null || !('resolve' in pothosOptions) || !resolve) return null;
    if (Object.keys(args).length > 0 || resolve.length > 3) return null;
    const model = this.buildCache.getTypeConfig(field.parentType).extensions?.pothosPrismaModel as string;
    const isThere = presenceOf(model, selected as Selection);
    if (!isThere) return null;
    const work = resolve as unknown as (row: object, args: object, context: unknown) => unknown;
    return { fromRow: (row, context) => (isThere(row) ? work(row, {}, context) : undefined), column: null };
  }
}

type Row = Record<string, unknown>;
type Selection = Record<string, unknown>;

/** Tells whether a row has all that is selected; null where that cannot be told: of lists, and where arguments decide. */
function presenceOf(model: string, selection: Selection): ((row: Row) => boolean) | null {
  const { fields } = getDatamodel().datamodel.models[model]!;
  const columns: string[] = [];
  const relations: [name: string, isThere: (row: Row) => boolean][] = [];
  for (const [name, value] of Object.entries(selection)) {
    const field = fields.find((one) => one.name === name);
    if (field && field.kind !== 'object' && value === true) columns.push(name);
    else {
      const beneath = field && !field.isList ? selectionBeneath(value) : null;
      const isThere = beneath && presenceOf(field!.type, beneath);
      if (!isThere) return null;
      relations.push([name, isThere]);
    }
  }
  if (columns.length + relations.length === 0) return null;
  return (row) => {
    for (const name of columns) if (row[name] === undefined) return false;
    for (const [name, isThere] of relations) {
      const one = row[name] as Row | null | undefined;
      if (one === undefined || (one !== null && !isThere(one))) return false;
    }
    return true;
  };
}

/** What is selected of a relation, where that is all that is said of it. */
function selectionBeneath(value: unknown): Selection | null {
  if (typeof value !== 'object' || value === null || !('select' in value) || Object.keys(value).length > 1) return null;
  return value.select as Selection;
}

export const plainFields = 'plainFields';
SchemaBuilder.registerPlugin(plainFields, PlainFieldsPlugin);
