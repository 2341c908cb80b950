import { rankWith, uiTypeIs } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { useState } from 'react';
import { Field } from './Field.js';
import { useDraftText } from './useDraftText.js';

/** Anything no other control knows, as JSON text: no param is out of reach. */
export const jsonField = {
  tester: rankWith(0, uiTypeIs('Control')),
  renderer: withJsonFormsControlProps((control) => {
    const [isBroken, setBroken] = useState(false);
    const text = useDraftText(control.data === undefined ? '' : JSON.stringify(control.data, null, 2), (typed) => {
      try {
        const value = typed.trim() === '' ? undefined : (JSON.parse(typed) as unknown);
        setBroken(false);
        control.handleChange(control.path, value);
      } catch {
        // Half-typed JSON is normal; the note under the field says so and the last good value stays.
        setBroken(true);
      }
    });
    return (
      <Field control={control}>
        {(input) => (
          <>
            <textarea {...input} {...text} className="control mono" rows={5} spellCheck={false} />
            {isBroken && <p className="field-error">This is not complete JSON yet; the last valid value is kept.</p>}
          </>
        )}
      </Field>
    );
  }),
};
