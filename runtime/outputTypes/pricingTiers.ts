import type { PricingTier } from '../../generated/prisma/client.js';
import { isUniqueViolation } from '../databaseErrors.js';
import { ConflictError, type FieldIssue, NotFoundError, ValidationError } from '../errors.js';
import { checkedLabel, checkKey, requireRevision } from '../library/libraryNames.js';
import type { Platform } from '../platform.js';

type Db = Pick<Platform, 'db'>;

/** Of one piece, in the smallest unit of its currency; the price of a line of the largest quantity stays an exact number. */
const MAX_UNIT_PRICE = 1_000_000_000;
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

export interface NewPricingTier {
  /** Stable key. */
  key: string;
  label: string;
  /** ISO 4217 code. */
  currency: string;
  /** Smallest unit of the currency. */
  unitPriceCents: number;
}

/** @throws ValidationError with a path for each value; ConflictError `PRICING_TIER_KEY_TAKEN`. */
export async function createPricingTier({ db }: Db, { key, ...price }: NewPricingTier): Promise<PricingTier> {
  const issues: FieldIssue[] = [];
  checkKey(key, '/key', issues);
  const columns = checkedPrice(price, issues);
  try {
    return await db.pricingTier.create({ data: { key, ...columns } });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new ConflictError(`There is a pricing tier "${key}" already.`, 'PRICING_TIER_KEY_TAKEN');
    throw error;
  }
}

/** What is left out stays. `revision`: the one the change is based on; left out: whatever is there. */
export type PricingTierChange = { id: string; revision?: number | null } & Partial<Omit<NewPricingTier, 'key'>>;

/** Changes what is paid from now on: lines that were ordered keep the price that was frozen with them.
 * @throws NotFoundError, ValidationError with a path for each value; ConflictError `PRICING_TIER_CHANGED` where somebody else was quicker. */
export async function updatePricingTier(
  { db }: Db,
  { id, revision, ...changes }: PricingTierChange,
): Promise<PricingTier> {
  return db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM "pricing_tier" WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await tx.pricingTier.findUnique({ where: { id } });
    if (!row) throw new NotFoundError('pricing tier', id);
    requireRevision(row, revision, 'PRICING_TIER_CHANGED');
    const { label = row.label, currency = row.currency, unitPriceCents = row.unitPriceCents } = changes;
    const data = checkedPrice({ label, currency, unitPriceCents }, []);
    return tx.pricingTier.update({ where: { id }, data: { ...data, revision: { increment: 1 } } });
  });
}

/** Takes a pricing tier out of what is offered, or back in.
 * @throws NotFoundError; ConflictError `PRICING_TIER_IN_USE` while an output type costs it, archived ones too, because they may come back. */
export async function archivePricingTier({ db }: Db, id: string, isArchived: boolean): Promise<PricingTier> {
  return db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM "pricing_tier" WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await tx.pricingTier.findUnique({
      where: { id },
      include: {
        outputTypes: { select: { name: true }, orderBy: { name: 'asc' }, take: 1 },
        _count: { select: { outputTypes: true } },
      },
    });
    if (!row) throw new NotFoundError('pricing tier', id);
    const [first] = row.outputTypes;
    if (isArchived && first) {
      const others = row._count.outputTypes - 1;
      const all = others === 0 ? `“${first.name}” costs` : `“${first.name}” and ${others} more cost`;
      throw new ConflictError(
        `${all} “${row.label}”. Give ${others === 0 ? 'it' : 'them'} another price first.`,
        'PRICING_TIER_IN_USE',
      );
    }
    const archivedAt = isArchived ? (row.archivedAt ?? new Date()) : null;
    return tx.pricingTier.update({ where: { id }, data: { archivedAt, revision: { increment: 1 } } });
  });
}

type Price = Omit<NewPricingTier, 'key'>;

/** @param issues - what is known to be wrong besides. */
function checkedPrice(price: Price, issues: FieldIssue[]): Price {
  const label = checkedLabel(price.label, issues);
  const currency = price.currency.trim().toUpperCase();
  const { unitPriceCents } = price;
  if (!CURRENCIES.has(currency))
    issues.push({ path: '/currency', message: 'Give the code of a currency, for example EUR.' });
  if (!Number.isInteger(unitPriceCents) || unitPriceCents < 0 || unitPriceCents > MAX_UNIT_PRICE)
    issues.push({
      path: '/unitPriceCents',
      message: `A price lies between 0 and ${MAX_UNIT_PRICE.toLocaleString('en')}, in the smallest unit of the currency.`,
    });
  const [first] = issues;
  if (first) throw new ValidationError(`The pricing tier was not saved: ${first.message}`, issues);
  return { label, currency, unitPriceCents };
}
