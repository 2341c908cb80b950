import { isIntegerControl, isNumberControl, or, rankWith } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { fieldFacts, shortValue } from './control.js';
import { Field } from './Field.js';
import { NumberInput } from './NumberInput.js';

/** A number or whole number, with its unit and limits. */
export const numberField = {
  tester: rankWith(2, or(isNumberControl, isIntegerControl)),
  renderer: withJsonFormsControlProps((control) => {
    const { unit, defaultValue } = fieldFacts(control);
    const { minimum, maximum, multipleOf } = control.schema;
    return (
      <Field control={control}>
        {(input) => (
          <NumberInput
            {...input}
            value={control.data}
            min={minimum}
            max={maximum}
            step={multipleOf}
            unit={unit}
            placeholder={defaultValue === undefined ? undefined : shortValue(defaultValue)}
            onChange={(value) => control.handleChange(control.path, value)}
          />
        )}
      </Field>
    );
  }),
};
