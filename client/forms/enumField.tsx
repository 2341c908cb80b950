import { isEnumControl, rankWith } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { humanise } from '../components/format.js';
import { Choice } from './Choice.js';

/** `enum`: values that are their own names. */
export const enumField = {
  tester: rankWith(5, isEnumControl),
  renderer: withJsonFormsControlProps((control) => {
    const values: unknown[] = control.schema.enum ?? [control.schema.const];
    return (
      <Choice
        control={control}
        options={values.map((value) => ({
          value,
          label: typeof value === 'string' && /^[a-z][a-z0-9_]*$/.test(value) ? humanise(value) : String(value),
        }))}
      />
    );
  }),
};
