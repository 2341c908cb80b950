import { isBooleanControl, rankWith } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { Field } from './Field.js';

/** Yes or no, as a switch. */
export const booleanField = {
  tester: rankWith(2, isBooleanControl),
  renderer: withJsonFormsControlProps((control) => (
    <Field control={control} isInline>
      {(input) => (
        <input
          {...input}
          type="checkbox"
          role="switch"
          className="switch"
          checked={control.data === true}
          aria-checked={control.data === true}
          onChange={(event) => control.handleChange(control.path, event.target.checked)}
        />
      )}
    </Field>
  )),
};
