import { type ComponentProps, type ReactNode, useId } from 'react';
import { Pager } from '../components/Pager.js';
import type { Problem } from './errors.js';
import { Listing } from './Listing.js';
import { ProblemCallout } from './Problem.js';

/** The page of a connection that is shown. */
interface ListPage {
  totalCount: number;
  edges: readonly unknown[];
  pageInfo: ComponentProps<typeof Pager>['page'];
}

/** A list of the server in a card of its own, under its name and how many there are, with ways on and back below it. */
export function ListCard({
  title,
  list,
  tools,
  problem,
  before,
  after,
  words = ['First', 'More'],
  onPage,
  ...listing
}: {
  title: string;
  /** Undefined: not known yet. */
  list: ListPage | undefined;
  /** What stands in its header: a search, a button. */
  tools: ReactNode;
  /** What was tried with one of them, and did not go through. */
  problem?: Problem | null;
  /** What stands above the list. */
  before?: ReactNode;
} & Omit<ComponentProps<typeof Listing>, 'isEmpty'> &
  Pick<ComponentProps<typeof Pager>, 'after' | 'words' | 'onPage'>) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <header className="card-header">
        <h2 id={id}>{title}</h2>
        <span className="muted numeric">{list?.totalCount}</span>
        {tools}
      </header>
      {before}
      {problem && <ProblemCallout problem={problem} />}
      <Listing {...listing} isEmpty={list?.edges.length === 0} />
      <Pager label={`Pages of ${listing.what}`} after={after} page={list?.pageInfo} words={words} onPage={onPage} />
    </section>
  );
}
