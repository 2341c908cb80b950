import { useEffect } from 'react';

/** Parts of a page that a name says what they are, smallest first. */
const PLACES = 'dialog[open], section, aside, [role=tabpanel], main';

/** Keeps the place of whoever works by keyboard. Where what had the focus goes away (a row that was removed, the button that opened
 * a window), the browser would begin at the top of the page again; the part of the page that it stood in takes the focus instead. */
export function useKeptFocus(): void {
  useEffect(() => {
    /** What had the focus last, with all that it stood in. */
    let path: Element[] = [];
    const onFocus = ({ target }: FocusEvent) => {
      path = [];
      for (let each = target as Element | null; each; each = each.parentElement) path.push(each);
    };
    const observer = new MutationObserver(() => {
      if (document.activeElement !== document.body || !path[0] || path[0].isConnected) return;
      const place = path.find(({ isConnected }) => isConnected)?.closest<HTMLElement>(PLACES);
      const goal = place ?? document.getElementById('main');
      if (!goal) return;
      if (!goal.hasAttribute('tabindex')) goal.tabIndex = -1;
      goal.focus({ preventScroll: true });
    });
    document.addEventListener('focusin', onFocus);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener('focusin', onFocus);
      observer.disconnect();
    };
  }, []);
}
