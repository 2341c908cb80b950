import { useCallback, useState } from 'react';

/** Which part of a list is shown. */
export interface Listed {
  text: string;
  after: string | null;
  /** Narrows it down, from the first page on. */
  search: (text: string) => void;
  turn: (after: string | null) => void;
}

export function useListed(): Listed {
  const [{ text, after }, show] = useState<{ text: string; after: string | null }>({ text: '', after: null });
  const search = useCallback(
    (next: string) => show((old) => (old.text === next ? old : { text: next, after: null })),
    [],
  );
  const turn = useCallback((next: string | null) => show((old) => ({ ...old, after: next })), []);
  return { text, after, search, turn };
}
