import { decimalsOf } from '../../components/format.js';

/** The code of a currency that people may have written: three letters. */
const isCurrency = (currency: string) => /^[A-Za-z]{3}$/.test(currency);

/** An amount as people write it ("29", "29.5", "29,50") in the smallest unit of the currency; null: it is none. */
export function centsFrom(text: string, currency: string): number | null {
  const [, whole, fraction = ''] = /^(\d{1,10})(?:[.,](\d+))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || !isCurrency(currency)) return null;
  const decimals = decimalsOf(currency);
  return fraction.length > decimals ? null : Number(whole + fraction.padEnd(decimals, '0'));
}

/** As it is edited: 2900 EUR are "29.00". */
export function amountOf(cents: number, currency: string): string {
  const decimals = decimalsOf(currency);
  return (cents / 10 ** decimals).toFixed(decimals);
}
