import type { Prisma, Product } from '../../generated/prisma/client.js';
import { isUniqueViolation } from '../databaseErrors.js';
import { ConflictError, type FieldIssue, NotFoundError, ValidationError } from '../errors.js';
import { heldCategory, notOffered } from '../offered.js';
import type { Platform } from '../platform.js';

export interface NewProduct {
  sku: string;
  name: string;
  cadFileId: string;
  categoryKey?: string | null;
}

type Db = Pick<Platform, 'db'>;

/** @throws ConflictError when the SKU is taken, NotFoundError for an unknown CAD file or category. */
export async function createProduct(platform: Db, input: NewProduct): Promise<Product> {
  const issues: FieldIssue[] = [];
  const sku = input.sku.trim();
  if (!/^[\w.\-/ ]{1,64}$/.test(sku))
    issues.push({ path: '/sku', message: 'Use 1 to 64 letters, digits, blanks or . - _ /.' });
  const name = checkedName(input.name, issues);
  if (issues.length > 0) throw new ValidationError('The product was not created.', issues);
  try {
    return await platform.db.$transaction(async (tx) =>
      tx.product.create({ data: { sku, name, ...(await links(tx, input)) } }),
    );
  } catch (error) {
    if (isUniqueViolation(error))
      throw new ConflictError(`There is a product with the SKU "${sku}" already.`, 'SKU_TAKEN');
    throw error;
  }
}

/** What is left out stays; a `categoryKey` of null takes the product out of its category. */
export type ProductChange = { id: string } & Partial<Omit<NewProduct, 'sku'>>;

/** Changes a product, above all its CAD file when its geometry is revised. What was delivered stays, and is out of date
 * (`staleAssets.ts`); runs under way go on with the file they began with.
 * @throws ValidationError, NotFoundError for an unknown product, CAD file or category. */
export async function updateProduct(platform: Db, change: ProductChange): Promise<Product> {
  const issues: FieldIssue[] = [];
  const name = change.name === undefined ? undefined : checkedName(change.name, issues);
  if (issues.length > 0) throw new ValidationError('The product was not changed.', issues);
  const { id } = change;
  if (!(await platform.db.product.findUnique({ where: { id }, select: { id: true } })))
    throw new NotFoundError('product', id);
  return platform.db.$transaction(async (tx) =>
    tx.product.update({ where: { id }, data: { name, ...(await links(tx, change)) } }),
  );
}

function checkedName(value: string, issues: FieldIssue[]): string {
  const name = value.trim();
  if (name.length < 1 || name.length > 200)
    issues.push({ path: '/name', message: 'Give a name of 1 to 200 characters.' });
  return name;
}

/** @throws NotFoundError, ValidationError for a category that is archived. */
async function links(
  db: Prisma.TransactionClient,
  { cadFileId, categoryKey }: Pick<ProductChange, 'cadFileId' | 'categoryKey'>,
): Promise<{ cadFileId?: string; categoryId?: string | null }> {
  if (cadFileId !== undefined && !(await db.cadFile.findUnique({ where: { id: cadFileId }, select: { id: true } })))
    throw new NotFoundError('CAD file', cadFileId);
  if (!categoryKey) return { cadFileId, categoryId: categoryKey === undefined ? undefined : null };
  const category = await heldCategory(db, categoryKey);
  if (!category) throw new NotFoundError('category', categoryKey);
  const issues = notOffered('/categoryKey', category);
  if (issues.length > 0) throw new ValidationError('The product was not saved.', issues);
  return { cadFileId, categoryId: category.id };
}
