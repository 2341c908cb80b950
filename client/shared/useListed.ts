import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** Which part of a list is shown, as the address says it: to be reloaded, sent on and gone back to. */
export interface Listed {
  text: string;
  /** Cursor that the page begins behind. */
  after: string | null;
  /** Cursor that the page ends before. */
  before: string | null;
  /** Narrows the list down, from the first page on. */
  search: (text: string) => void;
  turn: (after: string | null) => void;
  /** Sets other parts of the address that say what is in the list, null: none; it begins with the first page then. */
  change: (parts: Record<string, string | null>, options?: { replace: boolean }) => void;
}

/** @param name - tells lists of one page apart. */
export function useListed(name = ''): Listed {
  const [address, setAddress] = useSearchParams();
  const prefix = name && `${name}-`;
  const change = useCallback<Listed['change']>(
    (parts, options) =>
      setAddress((old) => {
        const next = new URLSearchParams(old);
        for (const [key, value] of Object.entries({ [`${prefix}after`]: null, [`${prefix}before`]: null, ...parts })) {
          if (value) next.set(key, value);
          else next.delete(key);
        }
        return next;
      }, options),
    [setAddress, prefix],
  );
  const text = address.get(`${prefix}text`) ?? '';
  const search = useCallback(
    (wanted: string) => {
      if (wanted !== text) change({ [`${prefix}text`]: wanted }, { replace: true });
    },
    [text, change, prefix],
  );
  const turn = useCallback((after: string | null) => change({ [`${prefix}after`]: after }), [change, prefix]);
  return { text, after: address.get(`${prefix}after`), before: address.get(`${prefix}before`), search, turn, change };
}
