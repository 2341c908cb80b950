import { expect, it } from 'vitest';
import { amountOf, centsFrom } from './amount.js';

it.each([
  ['29', 'EUR', 2900],
  [' 29.5 ', 'eur', 2950],
  ['29,05', 'EUR', 2905],
  ['0.07', 'EUR', 7],
  ['2900', 'JPY', 2900],
  ['1.234', 'KWD', 1234],
  ['29.005', 'EUR', null],
  ['29.5', 'JPY', null],
  ['1,234.50', 'EUR', null],
  ['-1', 'EUR', null],
  ['1e3', 'EUR', null],
  ['', 'EUR', null],
  ['29', 'E', null],
])('%s %s', (text, currency, cents) => {
  expect(centsFrom(text, currency)).toBe(cents);
});

it('reads what it writes', () => {
  for (const currency of ['EUR', 'JPY', 'KWD'])
    for (const cents of [0, 7, 1999, 1_000_000_000]) expect(centsFrom(amountOf(cents, currency), currency)).toBe(cents);
});
