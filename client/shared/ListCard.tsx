import { type ComponentProps, type ReactNode, useId } from 'react';
import type { Problem } from './errors.js';
import { Listing } from './Listing.js';
import { ProblemCallout } from './Problem.js';

/** A list of the server in a card of its own, under its name and how many there are. */
export function ListCard({
  title,
  count,
  tools,
  problem,
  pager,
  before,
  ...listing
}: {
  title: string;
  /** How many there are in all; undefined: not known yet. */
  count: number | undefined;
  /** What stands in its header: a search, a button. */
  tools: ReactNode;
  /** What was tried with one of them, and did not go through. */
  problem?: Problem | null;
  /** What stands above the list. */
  before?: ReactNode;
  /** What stands below it. */
  pager: ReactNode;
} & ComponentProps<typeof Listing>) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <header className="card-header">
        <h2 id={id}>{title}</h2>
        <span className="muted numeric">{count}</span>
        {tools}
      </header>
      {before}
      {problem && <ProblemCallout problem={problem} />}
      <Listing {...listing} />
      {pager}
    </section>
  );
}
