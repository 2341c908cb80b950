import { useEffect, useState } from 'react';
import { IconButton } from './Button.js';

const SHOWN_MS = 2_000;

/** Copies a text that is too long to read out, such as an id for the API. */
export function CopyButton({ label, text }: { label: string; text: string }) {
  const [note, setNote] = useState<string | null>(null);
  useEffect(() => {
    if (note === null) return;
    const timer = setTimeout(() => setNote(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [note]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setNote('Copied');
    } catch {
      // Browsers keep the clipboard from pages that came without encryption, and from those that people forbade it.
      setNote('Your browser keeps its clipboard closed');
    }
  };
  return (
    <span className="copy">
      <IconButton icon={note === 'Copied' ? 'check' : 'copy'} label={label} onClick={copy} />
      <span className="muted" role="status">
        {note}
      </span>
    </span>
  );
}
