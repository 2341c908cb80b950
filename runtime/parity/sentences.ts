import { rounded } from './figures.js';
import type { Figure } from './results.js';

const NAMED = 5;

/** What a figure says to people where it differs; empty: another one says it already. */
export type Sentences = Record<string, (figure: Figure) => string>;

/** A sentence for each figure that differs. */
export const reasonsOf = (figures: readonly Figure[], sentences: Sentences): string[] =>
  figures
    .filter(({ verdict }) => verdict === 'differs')
    .map((figure) => (sentences[figure.key] ?? (({ label }) => `${label} differs.`))(figure))
    .filter((sentence) => sentence !== '');

/** What only one of two lists has, each counted as often as it is there; a few are named. */
export function differencesOf(legacy: readonly string[], graph: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const item of legacy) counts.set(item, (counts.get(item) ?? 0) + 1);
  for (const item of graph) counts.set(item, (counts.get(item) ?? 0) - 1);
  const only = (sign: 1 | -1) => [...counts].filter(([, count]) => count * sign > 0).map(([item]) => item);
  return [...named(only(1), 'only the legacy pipeline has'), ...named(only(-1), 'only the workflow has')];
}

function named(items: string[], who: string): string[] {
  if (items.length === 0) return [];
  const more = items.length > NAMED ? ` and ${items.length - NAMED} more` : '';
  return [
    `${who} ${items
      .slice(0, NAMED)
      .map((item) => `"${item}"`)
      .join(', ')}${more}`,
  ];
}

export const percent = (share: number | null): string => `${rounded((share ?? 0) * 100, 2)} %`;
