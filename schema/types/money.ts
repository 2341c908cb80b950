import { builder } from '../builder.js';

/** A price; `cents` counts the smallest unit of the currency, exactly. */
export interface MoneyValue {
  cents: bigint;
  currency: string;
}

/** A price of so many pieces; null: on request. */
export function priceOf(unitPriceCents: number | null, currency: string | null, quantity: number): MoneyValue | null {
  return unitPriceCents === null || currency === null
    ? null
    : { cents: BigInt(unitPriceCents) * BigInt(quantity), currency };
}

/** One sum for each currency. */
export function sums(prices: readonly (MoneyValue | null)[]): MoneyValue[] {
  const byCurrency = new Map<string, bigint>();
  for (const price of prices)
    if (price) byCurrency.set(price.currency, (byCurrency.get(price.currency) ?? 0n) + price.cents);
  return [...byCurrency].map(([currency, cents]) => ({ currency, cents }));
}

/** With the decimals of the currency: 2900 EUR are `29.00`, 2900 JPY `2900`. */
function decimal({ cents, currency }: MoneyValue): string {
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  if (digits === 0) return String(cents);
  const text = String(cents).padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

export const MoneyObject = builder.objectRef<MoneyValue>('Money').implement({
  description: 'An amount of money, exact.',
  fields: (t) => ({
    amount: t.string({
      description: 'Decimal number with the decimals of the currency, for example "58.00".',
      resolve: decimal,
    }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code.' }),
  }),
});
