import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import { encodeGlobalId } from './globalId.js';

declare global {
  namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      plainFields: PlainFieldsPlugin<Types>;
    }
  }
}

/** Gives what a row has for a field; undefined where the row lacks it. */
export type FromRow = (row: Record<string, unknown>) => unknown;

/** How to do without a resolver, by the resolver. A field that anything guards has a resolver of the guard's, so it is not here. */
export const valueInRow = new WeakMap<object, FromRow>();

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
    const fromRow = this.fromRow(field);
    if (!fromRow) return resolve;
    const plain: typeof resolve = (row, args, context, info) => {
      const value = fromRow(row as Record<string, unknown>);
      return value !== undefined ? value : resolve(row, args, context, info);
    };
    valueInRow.set(plain, fromRow);
    return plain;
  }

  private fromRow({ parentType, extensions, name }: PothosOutputFieldConfig<Types>): FromRow | null {
    const type = this.buildCache.getTypeConfig(parentType);
    if (type.kind !== 'Object' || !type.extensions?.pothosPrismaModel) return null;
    const column = extensions?.pothosExposedField;
    if (typeof column === 'string') return (row) => row[column];
    if (name !== 'id' || !type.interfaces.some((one) => this.buildCache.getTypeConfig(one).name === 'Node'))
      return null;
    const keys = KEYS[parentType];
    if (!keys) return ({ id }) => (id === undefined ? undefined : encodeGlobalId(parentType, id as string));
    return (row) => {
      const parts = keys.map((key) => row[key]);
      return parts.includes(undefined) ? undefined : encodeGlobalId(parentType, parts.join(':'));
    };
  }
}

export const plainFields = 'plainFields';
SchemaBuilder.registerPlugin(plainFields, PlainFieldsPlugin);
