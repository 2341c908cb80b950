import type { Prisma } from '../generated/prisma/client.js';
import { type FieldIssue, ValidationError } from './errors.js';

interface Row {
  id: string;
  label: string;
  archivedAt: Date | null;
}

/** A category as it is until the transaction ends: nobody archives it meanwhile. Null: there is none of that key. */
export async function heldCategory(tx: Prisma.TransactionClient, key: string): Promise<Row | null> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT id, label, archived_at AS "archivedAt" FROM "category" WHERE key = ${key} FOR KEY SHARE`;
  return rows[0] ?? null;
}

/** Holds what an output type is sold at and for until the transaction ends: nobody archives it meanwhile.
 * @throws ValidationError for what was archived since it was looked up. */
export async function holdTerms(
  tx: Prisma.TransactionClient,
  { pricingTierId, categoryIds }: { pricingTierId: string | null; categoryIds: readonly string[] },
): Promise<void> {
  const tiers = pricingTierId
    ? await tx.$queryRaw<Row[]>`
        SELECT id, label, archived_at AS "archivedAt" FROM "pricing_tier" WHERE id = ${pricingTierId}::uuid FOR KEY SHARE`
    : [];
  const categories = await tx.$queryRaw<Row[]>`
    SELECT id, label, archived_at AS "archivedAt" FROM "category" WHERE id = ANY(${[...categoryIds]}::uuid[]) ORDER BY id
    FOR KEY SHARE`;
  const issues: FieldIssue[] = [
    ...tiers.flatMap((row) => notOffered('/pricingTierId', row)),
    ...categories.flatMap((row) => notOffered(`/categoryIds/${categoryIds.indexOf(row.id)}`, row)),
  ];
  const [first] = issues;
  if (first) throw new ValidationError(`The output type was not saved: ${first.message}`, issues);
}

export const notOffered = (path: string, { label, archivedAt }: Pick<Row, 'label' | 'archivedAt'>): FieldIssue[] =>
  archivedAt ? [{ path, message: `“${label}” is archived.` }] : [];
