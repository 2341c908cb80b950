import { type CSSProperties, type RefObject, useLayoutEffect, useState } from 'react';

const GAP = 4;
/** Taller only where there is room. */
const MOST_HEIGHT = 280;
const LEAST_WIDTH = 340;

/** Where a list belongs that opens at a field: below it, or above where there is more room, within the window. It is placed in the window
 * itself, so that no part of the page that scrolls cuts it off. */
export function useAnchored(anchor: RefObject<HTMLElement | null>, isOpen: boolean): CSSProperties {
  const [style, setStyle] = useState<CSSProperties>({});
  useLayoutEffect(() => {
    if (!isOpen) return;
    const place = () => {
      const box = anchor.current?.getBoundingClientRect();
      if (!box) return;
      const below = window.innerHeight - box.bottom - 2 * GAP;
      const above = box.top - 2 * GAP;
      const isBelow = below >= Math.min(MOST_HEIGHT, above);
      const width = Math.min(Math.max(box.width, LEAST_WIDTH), window.innerWidth - 2 * GAP);
      setStyle({
        position: 'fixed',
        left: Math.max(GAP, Math.min(box.left, window.innerWidth - width - GAP)),
        width,
        maxHeight: Math.min(MOST_HEIGHT, isBelow ? below : above),
        ...(isBelow ? { top: box.bottom + GAP } : { bottom: window.innerHeight - box.top + GAP }),
      });
    };
    place();
    // What scrolls is any part of the page: only capturing hears of all.
    window.addEventListener('scroll', place, true);
    window.addEventListener('resize', place);
    return () => {
      window.removeEventListener('scroll', place, true);
      window.removeEventListener('resize', place);
    };
  }, [anchor, isOpen]);
  return style;
}
