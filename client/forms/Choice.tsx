import type { ControlProps } from '@jsonforms/core';
import { Field } from './Field.js';

export interface ChoiceOption {
  value: unknown;
  label: string;
  description?: string;
}

const SEGMENTS = 4;
const SEGMENT_LETTERS = 30;

/** One of several values: side by side when few and short, else a select. A value outside the list stays visible. */
export function Choice({ control, options }: { control: ControlProps; options: ChoiceOption[] }) {
  const { data, path, handleChange, id } = control;
  const selected = options.findIndex((option) => option.value === data);
  const letters = options.reduce((sum, option) => sum + option.label.length, 0);
  const isKnown = selected >= 0 || data === undefined;
  const help = options[selected]?.description;
  if (options.length > 1 && options.length <= SEGMENTS && letters <= SEGMENT_LETTERS && isKnown)
    return (
      <Field control={control} isGroup note={help}>
        {(input) => (
          <>
            <div className="segments">
              {options.map((option, index) => (
                <label key={option.label} className="segment" title={option.description}>
                  <input
                    type="radio"
                    name={id}
                    disabled={input.disabled}
                    checked={index === selected}
                    onChange={() => handleChange(path, option.value)}
                  />
                  <span>{option.label}</span>
                </label>
              ))}
            </div>
          </>
        )}
      </Field>
    );
  return (
    <Field control={control} note={help}>
      {(input) => (
        <>
          <select
            {...input}
            className="control"
            value={isKnown ? selected : 'unknown'}
            onChange={(event) => handleChange(path, options[Number(event.target.value)]?.value)}
          >
            {data === undefined && <option value={-1}>Not set</option>}
            {!isKnown && <option value="unknown">{`${String(data)} (not in the list)`}</option>}
            {options.map((option, index) => (
              <option key={option.label} value={index}>
                {option.label}
              </option>
            ))}
          </select>
        </>
      )}
    </Field>
  );
}
