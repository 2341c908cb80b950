import type { InputHTMLAttributes } from 'react';
import { Labelled } from './Labelled.js';

/** A labelled line of text. `isCode`: names and patterns of machines, in a fixed pitch. */
export function TextField({
  label,
  help,
  error,
  isCode = false,
  onChange,
  ...input
}: {
  label: string;
  help?: string;
  error?: string | null;
  isCode?: boolean;
  value: string;
  onChange: (value: string) => void;
  type?: 'text' | 'url';
} & Pick<InputHTMLAttributes<HTMLInputElement>, 'maxLength' | 'placeholder' | 'readOnly'>) {
  return (
    <Labelled label={label} help={help} error={error}>
      {(ids) => (
        <input
          {...ids}
          {...input}
          className={isCode ? 'control mono' : 'control'}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Labelled>
  );
}
