import { and, isIntegerControl, isNumberControl, optionIs, or, rankWith, schemaMatches } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import type { CSSProperties } from 'react';
import { fieldFacts } from './control.js';
import { Field } from './Field.js';
import { NumberInput } from './NumberInput.js';

const hasLimits = schemaMatches((schema) => schema.minimum !== undefined && schema.maximum !== undefined);
const isFraction = schemaMatches((schema) => schema.type === 'number' && schema.minimum === 0 && schema.maximum === 1);

/** A number between two limits to drag or type: `options.slider` in the UI schema, and every fraction of 0 to 1. */
export const sliderField = {
  tester: rankWith(4, and(or(isNumberControl, isIntegerControl), hasLimits, or(optionIs('slider', true), isFraction))),
  renderer: withJsonFormsControlProps((control) => {
    const { unit, label, defaultValue } = fieldFacts(control);
    const { minimum = 0, maximum = 1, multipleOf, type } = control.schema;
    const step = multipleOf ?? (type === 'integer' ? 1 : (maximum - minimum) / 100);
    const value = typeof control.data === 'number' ? control.data : Number(defaultValue ?? minimum);
    const change = (next: number | string | undefined) => control.handleChange(control.path, next);
    return (
      <Field control={control}>
        {(input) => (
          <span className="slider-row">
            <input
              type="range"
              className="slider"
              style={{ '--filled': `${((value - minimum) / (maximum - minimum)) * 100}%` } as CSSProperties}
              aria-label={`${label}, slider`}
              disabled={input.disabled}
              min={minimum}
              max={maximum}
              step={step}
              value={value}
              onChange={(event) => change(Number(event.target.value))}
            />
            <NumberInput
              {...input}
              value={control.data}
              min={minimum}
              max={maximum}
              step={step}
              unit={unit}
              onChange={change}
            />
          </span>
        )}
      </Field>
    );
  }),
};
