import type { Figure } from './results.js';

type Named = Pick<Figure, 'key' | 'label'> & { unit?: string };
type Value = Figure['legacy'];

/** Both sides must say the same. */
export function equal(named: Named, legacy: Value, graph: Value): Figure {
  return { ...whole(named), legacy, graph, verdict: legacy === graph ? 'passed' : 'differs' };
}

/** Both sides should say the same; where they do not, it is told. */
export function told(named: Named, legacy: Value, graph: Value): Figure {
  return { ...whole(named), legacy, graph, verdict: legacy === graph ? 'passed' : 'warning' };
}

/** A difference measured between the sides, with the most it may be. */
export function atMost(
  named: Named,
  difference: number,
  limit: number,
  sides?: { legacy: Value; graph: Value },
): Figure {
  return { ...whole(named), ...sides, difference, limit, verdict: difference <= limit ? 'passed' : 'differs' };
}

/** A likeness measured between the sides, with the least it may be. */
export function atLeast(named: Named, difference: number, limit: number): Figure {
  return { ...whole(named), difference, limit, isLeast: true, verdict: difference >= limit ? 'passed' : 'differs' };
}

function whole({ key, label, unit = '' }: Named): Figure {
  return {
    key,
    label,
    unit: unit || null,
    legacy: null,
    graph: null,
    difference: null,
    limit: null,
    isLeast: false,
    verdict: 'passed',
  };
}

/** Rounded to what a person reads and a database need not keep in full. */
export const rounded = (number: number, digits = 5): number => Number(number.toFixed(digits));

/** How far apart two amounts are, as a share of the first. */
export function shareApart(legacy: number, graph: number): number {
  if (legacy === graph) return 0;
  return rounded(Math.abs(graph - legacy) / Math.max(Math.abs(legacy), Number.EPSILON));
}
