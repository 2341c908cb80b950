import { Prisma, type PrismaClient } from '../../generated/prisma/client.js';
import { type RowClass, rowClass } from './readRow.js';

/** A column, or a relation to another model, under its name in the Prisma schema. */
export interface Column {
  kind: 'column';
  name: string;
  column: string;
  /** Prisma's word: String, Int, BigInt, Float, Boolean, DateTime, Json, or an enum. */
  type: string;
  isRequired: boolean;
}
export interface Relation {
  kind: 'relation';
  name: string;
  model: string;
  isList: boolean;
  /** Pairs of columns that are equal: ours, theirs. */
  on: readonly (readonly [string, string])[];
  /** Many to many: the table between the two, and its columns that hold our key and theirs, which `on` pairs. */
  through: { table: string; ours: string; theirs: string } | null;
}
export interface Model {
  name: string;
  table: string;
  fields: ReadonlyMap<string, Column | Relation>;
  /** The primary key, as columns. */
  key: readonly string[];
  Row: RowClass;
}
export type Models = ReadonlyMap<string, Model>;

/** What `prisma-pothos-types` says of the schema, as far as it is read here. */
export interface Datamodel {
  datamodel: {
    models: Record<
      string,
      {
        fields: readonly {
          name: string;
          kind: string;
          type: string;
          isRequired: boolean;
          isList: boolean;
          isId: boolean;
          relationName?: string;
          relationFromFields?: readonly string[];
        }[];
        primaryKey: { fields: readonly string[] } | null;
      }
    >;
  };
}

interface RuntimeDataModel {
  models: Record<string, { dbName: string | null; fields: readonly { name: string; dbName?: string | null }[] }>;
}

/** The table that Prisma keeps between two models: A is who comes first in the alphabet. */
function between(name: string, other: string, relationName: string): Relation['through'] {
  if (name === other) throw new Error(`${name} is related to many of itself, which is not read.`);
  const [ours, theirs] = name < other ? ['"A"', '"B"'] : ['"B"', '"A"'];
  return { table: quoted(`_${relationName}`), ours, theirs };
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Describes every table for the statement builder. Every foreign key of the schema points to a primary key; models.test.ts holds it to that. */
export function describeModels(db: PrismaClient, { datamodel }: Datamodel): Models {
  // Column names are in no public export of the client.
  const { models: named } = (db as unknown as { _runtimeDataModel: RuntimeDataModel })._runtimeDataModel;
  const keyOf = (model: string) => {
    const { fields, primaryKey } = datamodel.models[model]!;
    return primaryKey?.fields ?? fields.filter(({ isId }) => isId).map(({ name }) => name);
  };
  const columnOf = (model: string, field: string) =>
    quoted(named[model]!.fields.find(({ name }) => name === field)?.dbName ?? field);

  const describe = (name: string): Model => {
    const fields = new Map<string, Column | Relation>();
    for (const field of datamodel.models[name]!.fields) {
      if (field.kind !== 'object') {
        const { type, isRequired } = field;
        fields.set(field.name, {
          kind: 'column',
          name: field.name,
          column: columnOf(name, field.name),
          type,
          isRequired,
        });
        continue;
      }
      const there = datamodel.models[field.type]!.fields.find(
        (other) =>
          other.relationName === field.relationName &&
          other.type === name &&
          (field.type !== name || other.name !== field.name),
      );
      const ours = field.relationFromFields ?? [];
      const theirs = there?.relationFromFields ?? [];
      const keys = [keyOf(name), keyOf(field.type)] as const;
      const [from, to] = ours.length ? [ours, keys[1]] : theirs.length ? [keys[0], theirs] : keys;
      fields.set(field.name, {
        kind: 'relation',
        name: field.name,
        model: field.type,
        isList: field.isList,
        on: from.map((column, i) => [columnOf(name, column), columnOf(field.type, to[i]!)] as const),
        through: ours.length + theirs.length === 0 ? between(name, field.type, field.relationName!) : null,
      });
    }
    return {
      name,
      table: quoted(named[name]!.dbName ?? name),
      fields,
      key: keyOf(name).map((key) => columnOf(name, key)),
      Row: rowClass([...fields.keys(), '_count']),
    };
  };
  return new Map(Object.values(Prisma.ModelName).map((name) => [name, describe(name)]));
}
