import type { Product } from '../generated/prisma/client.js';
import { ConflictError, type FieldIssue, NotFoundError, ValidationError } from './errors.js';
import type { Platform } from './platform.js';
import { isUniqueViolation } from './uniqueViolation.js';

export interface NewProduct {
  sku: string;
  name: string;
  cadFileId: string;
  categoryKey?: string | null;
}

/** @throws ConflictError when the SKU is taken, NotFoundError for an unknown CAD file or category. */
export async function createProduct(platform: Pick<Platform, 'db'>, input: NewProduct): Promise<Product> {
  const issues: FieldIssue[] = [];
  const sku = input.sku.trim();
  const name = input.name.trim();
  if (!/^[\w.\-/ ]{1,64}$/.test(sku))
    issues.push({ path: '/sku', message: 'Use 1 to 64 letters, digits, blanks or . - _ /.' });
  if (name.length < 1 || name.length > 200)
    issues.push({ path: '/name', message: 'Give a name of 1 to 200 characters.' });
  if (issues.length > 0) throw new ValidationError('The product was not created.', issues);
  const cadFile = await platform.db.cadFile.findUnique({ where: { id: input.cadFileId } });
  if (!cadFile) throw new NotFoundError('CAD file', input.cadFileId);
  const category = input.categoryKey
    ? await platform.db.category.findUnique({ where: { key: input.categoryKey } })
    : null;
  if (input.categoryKey && !category) throw new NotFoundError('category', input.categoryKey);
  try {
    return await platform.db.product.create({
      data: { sku, name, cadFileId: cadFile.id, categoryId: category?.id ?? null },
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new ConflictError(`There is a product with the SKU "${sku}" already.`, 'SKU_TAKEN');
    throw error;
  }
}
