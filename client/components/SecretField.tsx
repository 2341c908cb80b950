import { useRef, useState } from 'react';
import { Button } from './Button.js';
import { Labelled } from './Labelled.js';

/** A text that is shown once, to be copied. */
export function SecretField({ label, value, help }: { label: string; value: string; help: string }) {
  const input = useRef<HTMLInputElement>(null);
  const [note, setNote] = useState<string | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setNote('Copied.');
    } catch {
      // Browsers keep the clipboard from pages that came without encryption, and from those that people forbade it.
      input.current?.select();
      setNote('Your browser keeps its clipboard closed: press Ctrl+C.');
    }
  };
  return (
    <Labelled label={label} help={help}>
      {(ids) => (
        <>
          <div className="secret">
            <input
              {...ids}
              ref={input}
              className="control mono"
              readOnly
              value={value}
              onFocus={(event) => event.target.select()}
            />
            <Button icon="copy" onClick={copy}>
              Copy
            </Button>
          </div>
          <p className="field-help" role="status">
            {note}
          </p>
        </>
      )}
    </Labelled>
  );
}
