import type { ReactNode } from 'react';
import type { CombinedError } from 'urql';
import { Loading } from '../components/EmptyState.js';
import { type Column, Table } from '../components/Table.js';
import { problemFromError } from './errors.js';
import { ProblemCallout } from './Problem.js';

/** What the server answered when it was asked for a list. */
export type Answer<Data = unknown> = { data?: Data; error?: CombinedError; fetching: boolean };

/** A list of the server in each of its states: it could not be loaded, it is on its way, there is nothing, or its table. */
export function Listing({
  what,
  answer: { data, error, fetching },
  isEmpty,
  empty,
  columns,
  label,
  className,
  rows = 4,
  children,
}: {
  /** What is listed, in the middle of a sentence: `the accounts`. */
  what: string;
  answer: Answer;
  /** There is an answer, and nothing in it. */
  isEmpty: boolean;
  /** What is shown then. */
  empty: ReactNode;
  /** Left out: what is false. */
  columns: readonly (Column | false)[];
  /** What the table is called, where no heading says it. */
  label?: string;
  /** Of the table's place. */
  className?: string;
  /** Of the placeholder. */
  rows?: number;
  /** The rows of the table. */
  children: ReactNode;
}) {
  // A server that failed answers with null.
  const hasAnswer = data !== undefined && data !== null;
  return (
    <>
      {error && (
        <ProblemCallout
          problem={problemFromError(error)}
          title={`${what[0]!.toUpperCase()}${what.slice(1)} could not be loaded`}
        />
      )}
      {!data && fetching && <Loading label={`Loading ${what}`} rows={rows} />}
      {hasAnswer && isEmpty && empty}
      {hasAnswer && !isEmpty && (
        <Table columns={columns} label={label} className={className}>
          {children}
        </Table>
      )}
    </>
  );
}
