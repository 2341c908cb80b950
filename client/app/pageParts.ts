/** What F6 goes through: the places, the page, and its parts that are read on their own. */
const PARTS = 'nav[aria-label="Main"], main, main aside, main .graph';
const FOCUSABLE = 'a[href], button:not(:disabled), :is(input, select, textarea):not(:disabled), [tabindex="0"]';

/** Of a graph the chosen node, of the page itself the beginning, else the first thing that takes the focus. */
function entryOf(part: Element): HTMLElement | null {
  if (part.matches('[tabindex]')) return part as HTMLElement;
  return part.querySelector<HTMLElement>('.react-flow__node.selected') ?? part.querySelector<HTMLElement>(FOCUSABLE);
}

/** Brings the focus to the next part of the page, or the one before, round and round. */
export function goToNextPart(direction: 1 | -1): void {
  const entries = [...document.querySelectorAll(PARTS)].flatMap((part) => {
    const entry = part.checkVisibility() ? entryOf(part) : null;
    return entry ? [{ part, entry }] : [];
  });
  // The innermost part comes last: `main` holds the others.
  const at = entries.findLastIndex(({ part }) => part.contains(document.activeElement));
  const first = direction === 1 ? 0 : entries.length - 1;
  const next = at < 0 ? first : (at + direction + entries.length) % entries.length;
  entries[next]?.entry.focus();
}
