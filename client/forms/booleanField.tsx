import { isBooleanControl, rankWith } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { fieldFacts } from './control.js';
import { Field } from './Field.js';

/** Yes or no, as a switch. */
export const booleanField = {
  tester: rankWith(2, isBooleanControl),
  renderer: withJsonFormsControlProps((control) => {
    const isOn = (control.data ?? fieldFacts(control).defaultValue) === true;
    return (
      <Field control={control} isInline>
        {(input) => (
          <input
            {...input}
            type="checkbox"
            role="switch"
            className="switch"
            checked={isOn}
            aria-checked={isOn}
            onChange={(event) => control.handleChange(control.path, event.target.checked)}
          />
        )}
      </Field>
    );
  }),
};
