import { Button } from './Button.js';

/** On and back through a list that comes in pages; nothing where all of it is on one. */
export function Pager({
  label,
  after,
  page,
  words: [first, next] = ['Newest', 'Older'],
  onPage,
}: {
  label: string;
  /** Cursor that the page shown begins behind; null: the first page. */
  after: string | null;
  page: { hasNextPage: boolean; endCursor?: string | null } | undefined;
  words?: readonly [first: string, next: string];
  onPage: (after: string | null) => void;
}) {
  if (!after && !page?.hasNextPage) return null;
  return (
    <nav className="pager" aria-label={label}>
      <Button look="quiet" disabled={!after} onClick={() => onPage(null)}>
        {first}
      </Button>
      <Button look="quiet" disabled={!page?.hasNextPage} onClick={() => onPage(page?.endCursor ?? null)}>
        {next}
      </Button>
    </nav>
  );
}
