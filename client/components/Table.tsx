import type { CSSProperties, ReactNode } from 'react';

/** A column: its heading, or one that is read out alone. */
export type Column = string | { label: string; isHidden?: boolean; isEnd?: boolean };

const columnOf = (column: Column) => (typeof column === 'string' ? { label: column } : column);

/** The heading of what stands in a row to be clicked. */
export const ACTIONS: Column = { label: 'Actions', isHidden: true };
/** The heading of a small picture. */
export const PICTURE: Column = { label: 'Picture', isHidden: true };

/** A table that scrolls within its place. On small screens a row becomes a block of its cells, each with the heading of its column
 * before it (`table.css`). */
export function Table({
  columns,
  label,
  className = '',
  children,
}: {
  /** Left out: what is false. */
  columns: readonly (Column | false | null)[];
  /** What it is called, where no heading says it. */
  label?: string;
  className?: string;
  /** Its rows. */
  children: ReactNode;
}) {
  const shown = columns.filter((column) => column !== false && column !== null).map(columnOf);
  const headings = Object.fromEntries(
    shown.flatMap(({ label: heading, isHidden }, index) =>
      isHidden ? [] : [[`--column-${index + 1}`, JSON.stringify(heading)]],
    ),
  );
  return (
    <div className={`table-scroll ${className}`}>
      <table className="table" aria-label={label} style={headings as CSSProperties}>
        <thead>
          <tr>
            {shown.map(({ label: heading, isHidden, isEnd }) => (
              <th key={heading} className={isEnd ? 'cell-end' : undefined}>
                {isHidden ? <span className="visually-hidden">{heading}</span> : heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
