import { isDateTimeControl, rankWith } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { Field } from './Field.js';

/** ISO 8601 → what `<input type="datetime-local">` shows, in the reader's time zone. */
function toLocalInput(iso: unknown): string {
  const time = typeof iso === 'string' ? Date.parse(iso) : Number.NaN;
  if (Number.isNaN(time)) return '';
  const local = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

/** A moment in time; stored as ISO 8601 in UTC, shown and set in the reader's time zone. */
export const dateTimeField = {
  tester: rankWith(5, isDateTimeControl),
  renderer: withJsonFormsControlProps((control) => (
    <Field control={control}>
      {(input) => (
        <input
          {...input}
          className="control"
          type="datetime-local"
          step={1}
          value={toLocalInput(control.data)}
          onChange={(event) =>
            control.handleChange(
              control.path,
              event.target.value ? new Date(event.target.value).toISOString() : undefined,
            )
          }
        />
      )}
    </Field>
  )),
};
