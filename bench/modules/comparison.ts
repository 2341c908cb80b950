/** One line of the summary: what took how long beside what else, in milliseconds; medians. */
export interface Comparison {
  what: string;
  ours: number;
  beside: string;
  theirs: number;
}

/** A table of comparisons. */
export function printSummary(comparisons: readonly Comparison[], print: (line: string) => void): void {
  if (comparisons.length === 0) return;
  print(`${'Summary'.padEnd(48)}${'ours'.padStart(9)}  ${'beside'.padEnd(40)}${'theirs'.padStart(9)}    ratio`);
  for (const { what, ours, beside, theirs } of comparisons)
    print(`${what.padEnd(48)}${ms(ours)}  ${beside.padEnd(40)}${ms(theirs)}${(ours / theirs).toFixed(2).padStart(9)}`);
}

const ms = (value: number) => `${value.toFixed(0)} ms`.padStart(9);
