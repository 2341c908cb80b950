import type { InputProps } from './Field.js';
import { useDraftText } from './useDraftText.js';

/** A number to type; empty means "not set". Text that is no number is handed on as it is, so that validation can name it. */
export function NumberInput({
  value,
  onChange,
  min,
  max,
  step,
  unit,
  placeholder,
  label,
  ...input
}: InputProps & {
  value: unknown;
  onChange: (value: number | string | undefined) => void;
  min?: number;
  max?: number;
  step?: number;
  unit?: string;
  placeholder?: string;
  /** Name for screen readers where the visible label names a group. */
  label?: string;
}) {
  const text = useDraftText(value === undefined || value === null ? '' : String(value), (typed) => {
    const trimmed = typed.trim().replace(',', '.');
    if (trimmed === '') onChange(undefined);
    else onChange(Number.isFinite(Number(trimmed)) ? Number(trimmed) : typed);
  });
  const nudge = (direction: number) => {
    const by = step ?? 1;
    const next = (typeof value === 'number' ? value : 0) + direction * by;
    const rounded = Number(next.toFixed(10));
    const bounded = Math.min(max ?? Number.POSITIVE_INFINITY, Math.max(min ?? Number.NEGATIVE_INFINITY, rounded));
    text.onChange({ target: { value: String(bounded) } });
  };
  return (
    <span className="number-input">
      <input
        {...input}
        {...text}
        className="control numeric"
        type="text"
        inputMode="decimal"
        role="spinbutton"
        aria-label={label}
        aria-valuenow={typeof value === 'number' ? value : undefined}
        aria-valuemin={min}
        aria-valuemax={max}
        placeholder={placeholder}
        autoComplete="off"
        onKeyDown={(event) => {
          const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
          if (!direction) return;
          event.preventDefault();
          nudge(direction * (event.shiftKey ? 10 : 1));
        }}
      />
      {unit && <span className="unit">{unit}</span>}
    </span>
  );
}
