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

/** Gives what a row has for a field; undefined where the row lacks it. */
export type FromRow = (row: Record<string, unknown>, context: unknown) => unknown;

/** How to do without a resolver, by the resolver. A field that anything guards has a resolver of the guard's, so it is not here. */
export const valueInRow = new WeakMap<object, FromRow>();

/** Relations to one object that lie in the row, by the resolver: the name they have there. */
export const relationInRow = new WeakMap<object, string>();

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
    const relation = this.relationToOne(field);
    if (relation) relationInRow.set(resolve, relation);
    const fromRow = this.fromRow(field);
    if (!fromRow) return resolve;
    const plain: typeof resolve = (row, args, context, info) => {
      const value = fromRow(row as Record<string, unknown>, context);
      return value !== undefined ? value : resolve(row, args, context, info);
    };
    valueInRow.set(plain, fromRow);
    return plain;
  }

  private relationToOne({ extensions, args }: PothosOutputFieldConfig<Types>): string | null {
    const relation = extensions?.pothosPrismaRelationField as { name: string; isList: boolean } | undefined;
    // With a fallback it has a resolver of its own.
    if (!relation || relation.isList || extensions?.pothosPrismaFallback || Object.keys(args).length > 0) return null;
    return relation.name;
  }

  private fromRow(field: PothosOutputFieldConfig<Types>): FromRow | null {
    const { parentType, extensions, name } = field;
    const type = this.buildCache.getTypeConfig(parentType);
    if (type.kind !== 'Object' || !type.extensions?.pothosPrismaModel) return null;
    const column = extensions?.pothosExposedField;
    if (typeof column === 'string') return (row) => row[column];
    if (name !== 'id' || !type.interfaces.some((one) => this.buildCache.getTypeConfig(one).name === 'Node'))
      return this.worked(field);
    const keys = KEYS[parentType];
    if (!keys) return ({ id }) => (id === undefined ? undefined : encodeGlobalId(parentType, id as string));
    return (row) => {
      const parts = keys.map((key) => row[key]);
      return parts.includes(undefined) ? undefined : encodeGlobalId(parentType, parts.join(':'));
    };
  }

  /** Fields that are worked out of columns they name in `select`, and of nothing else. */
  private worked(field: PothosOutputFieldConfig<Types>): FromRow | null {
    const { resolve, args, extensions, pothosOptions } = field;
    const selected = extensions?.pothosPrismaSelect as unknown;
    // What is generated (relations, connections) names its selection by functions; arguments and `info` are not at hand.
    if (typeof selected !== 'object' || selected === null || !('resolve' in pothosOptions) || !resolve) return null;
    if (Object.keys(args).length > 0 || resolve.length > 3) return null;
    const model = this.buildCache.getTypeConfig(field.parentType).extensions?.pothosPrismaModel as string;
    const { fields } = getDatamodel().datamodel.models[model]!;
    const isColumn = (one: string) => fields.some(({ name, kind }) => name === one && kind !== 'object');
    const names = Object.keys(selected);
    if (names.length === 0 || !names.every(isColumn)) return null;
    const work = resolve as unknown as (row: object, args: object, context: unknown) => unknown;
    return (row, context) => {
      for (const column of names) if (row[column] === undefined) return undefined;
      return work(row, {}, context);
    };
  }
}

export const plainFields = 'plainFields';
SchemaBuilder.registerPlugin(plainFields, PlainFieldsPlugin);
