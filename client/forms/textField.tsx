import { isStringControl, rankWith } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { fieldFacts, shortValue } from './control.js';
import { Field } from './Field.js';

/** One line of text. */
export const textField = {
  tester: rankWith(1, isStringControl),
  renderer: withJsonFormsControlProps((control) => {
    const { defaultValue } = fieldFacts(control);
    return (
      <Field control={control}>
        {(input) => (
          <input
            {...input}
            className="control"
            type="text"
            value={control.data ?? ''}
            maxLength={control.schema.maxLength}
            placeholder={defaultValue === undefined ? undefined : shortValue(defaultValue)}
            onChange={(event) => control.handleChange(control.path, event.target.value)}
          />
        )}
      </Field>
    );
  }),
};
