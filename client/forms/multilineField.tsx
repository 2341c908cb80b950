import { and, formatIs, isStringControl, optionIs, or, rankWith } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { Field } from './Field.js';

/** Text of several lines: `options.multi` in the UI schema, or format `textarea`. */
export const multilineField = {
  tester: rankWith(3, and(isStringControl, or(optionIs('multi', true), formatIs('textarea')))),
  renderer: withJsonFormsControlProps((control) => (
    <Field control={control}>
      {(input) => (
        <textarea
          {...input}
          className="control"
          rows={4}
          value={control.data ?? ''}
          onChange={(event) => control.handleChange(control.path, event.target.value)}
        />
      )}
    </Field>
  )),
};
