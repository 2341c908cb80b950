import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import { type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLOutputType, getNamedType } from 'graphql';
import { DomainError } from '../modules/errors.js';
import type { Context } from './context.js';
import { NODE_TYPES, type NodeType } from './globalId.js';
import { mayReach } from './partnerView.js';

declare global {
  namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      pageCursors: PageCursorsPlugin<Types>;
    }
  }
}

const CURSOR = /^GPC:S:([0-9a-f-]{36})$/;
const cursorText = (cursor: string) => Buffer.from(cursor, 'base64').toString('utf8');

/** Cursors of lists that Prisma does not page through, in the words of those that it does: all cursors of the API look alike. */
export const cursorOf = (id: string): string => Buffer.from(`GPC:S:${id}`).toString('base64');
export const isCursor = (text: string): boolean => CURSOR.test(cursorText(text));
export const idOfCursor = (cursor: string | null | undefined): string | null =>
  (cursor && CURSOR.exec(cursorText(cursor))?.[1]) || null;

interface Paging {
  after?: string | null;
  before?: string | null;
}

const inside = (type: GraphQLOutputType, field: string) =>
  getNamedType((type as GraphQLObjectType).getFields()[field]!.type) as GraphQLObjectType;

/** Extension of a type that has no id: the type whose rows mark its pages. */
export const ROW_TYPE = 'rowType';

/** What the rows of a list are; null: nothing that has an id. */
function rowsOf(connection: GraphQLOutputType): NodeType | null {
  const { name, extensions } = inside(inside(getNamedType(connection) as GraphQLObjectType, 'edges'), 'node');
  const rowType = String(extensions[ROW_TYPE] ?? name);
  return Object.hasOwn(NODE_TYPES, rowType) ? (rowType as NodeType) : null;
}

async function isThere({ db }: Context, type: NodeType, id: string): Promise<boolean> {
  const model = `${type[0]!.toLowerCase()}${type.slice(1)}` as 'run';
  return (await db[model].count({ where: { id } })) > 0;
}

/** Sees to it that the rows which mark a page are there, and are the asker's to know: a page behind a row that is no more would look like
 * the end of the list, and where a row of somebody else stands among one's own would give away what it is sorted by. */
class PageCursorsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    { args }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (!('after' in args && 'before' in args)) return resolve;
    return async (parent, given, context, info) => {
      const { after, before } = given as Paging;
      const marks = [idOfCursor(after), idOfCursor(before)].filter((id) => id !== null);
      const type = marks.length > 0 ? rowsOf(info.returnType) : null;
      if (!type) return resolve(parent, given, context, info);
      const ctx = context as unknown as Context;
      for (const id of marks) if (!(await mayReach(ctx, type, id))) throw gone();
      const page = (await resolve(parent, given, context, info)) as { edges: readonly unknown[] };
      if (page.edges.length === 0) for (const id of marks) if (!(await isThere(ctx, type, id))) throw gone();
      return page;
    };
  }
}

const gone = () => new DomainError('CURSOR_GONE', 'The row that this cursor marks is no more. Begin the list anew.');

export const pageCursors = 'pageCursors';
SchemaBuilder.registerPlugin(pageCursors, PageCursorsPlugin);
