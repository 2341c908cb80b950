import { useState } from 'react';

/** Lets a person type freely: while the input has the focus its text is kept as typed, outside of that it shows `shown`.
 * Without this a cleared number would jump back to its default under the cursor. */
export function useDraftText(shown: string, onText: (text: string) => void) {
  const [draft, setDraft] = useState<string | null>(null);
  return {
    value: draft ?? shown,
    onFocus: () => setDraft(shown),
    onBlur: () => setDraft(null),
    onChange: (event: { target: { value: string } }) => {
      setDraft(event.target.value);
      onText(event.target.value);
    },
  };
}
