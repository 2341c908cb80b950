import { and, formatIs, isStringControl, or, rankWith, schemaMatches } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { fieldFacts } from './control.js';
import { Field } from './Field.js';

const isHexPattern = schemaMatches((schema) => /^\^#\[.*\]\{6\}\$$/.test(schema.pattern ?? ''));

/** An sRGB colour like `#b8bcc2`: format `color`, or the pattern of one. */
export const colorField = {
  tester: rankWith(5, and(isStringControl, or(formatIs('color'), isHexPattern))),
  renderer: withJsonFormsControlProps((control) => {
    const { label } = fieldFacts(control);
    const change = (value: string) => control.handleChange(control.path, value);
    return (
      <Field control={control}>
        {(input) => (
          <span className="color-row">
            <input
              type="color"
              className="color-well"
              aria-label={`${label}, colour picker`}
              disabled={input.disabled}
              value={/^#[0-9a-f]{6}$/i.test(control.data ?? '') ? control.data : '#000000'}
              onChange={(event) => change(event.target.value)}
            />
            <input
              {...input}
              className="control mono"
              type="text"
              spellCheck={false}
              maxLength={7}
              value={control.data ?? ''}
              placeholder="#b8bcc2"
              onChange={(event) => change(event.target.value)}
            />
          </span>
        )}
      </Field>
    );
  }),
};
