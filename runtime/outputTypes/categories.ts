import type { Category } from '../../generated/prisma/client.js';
import { isUniqueViolation } from '../databaseErrors.js';
import { ConflictError, type FieldIssue, NotFoundError, ValidationError } from '../errors.js';
import { checkedLabel, checkKey, requireRevision } from '../library/libraryNames.js';
import type { Platform } from '../platform.js';

type Db = Pick<Platform, 'db'>;

export interface NewCategory {
  /** Stable key: material rules name the category by it. */
  key: string;
  label: string;
}

/** @throws ValidationError with a path for each value; ConflictError `CATEGORY_KEY_TAKEN`. */
export async function createCategory({ db }: Db, { key, label }: NewCategory): Promise<Category> {
  const issues: FieldIssue[] = [];
  checkKey(key, '/key', issues);
  const data = { key, label: checkedLabel(label, issues) };
  if (issues.length > 0) throw notSaved(issues);
  try {
    return await db.category.create({ data });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new ConflictError(`There is a category "${key}" already.`, 'CATEGORY_KEY_TAKEN');
    throw error;
  }
}

/** @param revision the one the change is based on; null: whatever is there.
 * @throws NotFoundError, ValidationError; ConflictError `CATEGORY_CHANGED` where somebody else was quicker. */
export async function renameCategory(
  { db }: Db,
  id: string,
  revision: number | null,
  label: string,
): Promise<Category> {
  const issues: FieldIssue[] = [];
  const data = { label: checkedLabel(label, issues) };
  if (issues.length > 0) throw notSaved(issues);
  return db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM "category" WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await tx.category.findUnique({ where: { id } });
    if (!row) throw new NotFoundError('category', id);
    requireRevision(row, revision, 'CATEGORY_CHANGED');
    return tx.category.update({ where: { id }, data: { ...data, revision: { increment: 1 } } });
  });
}

/** Takes a category out of what is offered, or back in.
 * @throws NotFoundError; ConflictError `CATEGORY_IN_USE` while products, output types or material rules belong to it. */
export async function archiveCategory({ db }: Db, id: string, isArchived: boolean): Promise<Category> {
  return db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM "category" WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await tx.category.findUnique({
      where: { id },
      include: { _count: { select: { products: true, outputTypes: true } } },
    });
    if (!row) throw new NotFoundError('category', id);
    if (isArchived) {
      const { products, outputTypes } = row._count;
      const rules = await tx.materialRule.count({ where: { categoryKey: row.key } });
      const users = [many(products, 'product'), many(outputTypes, 'output type'), many(rules, 'material rule')].flat();
      if (users.length > 0)
        throw new ConflictError(
          `“${row.label}” still has ${new Intl.ListFormat('en-GB').format(users)}. Take them out of it first.`,
          'CATEGORY_IN_USE',
        );
    }
    const archivedAt = isArchived ? (row.archivedAt ?? new Date()) : null;
    return tx.category.update({ where: { id }, data: { archivedAt, revision: { increment: 1 } } });
  });
}

const many = (count: number, what: string): string[] =>
  count === 0 ? [] : [`${count} ${what}${count === 1 ? '' : 's'}`];

const notSaved = (issues: FieldIssue[]) =>
  new ValidationError(`The category was not saved: ${issues[0]!.message}`, issues);
