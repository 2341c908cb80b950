import { and, isIntegerControl, isNumberControl, or, rankWith, schemaMatches } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { formatDuration } from '../components/format.js';
import type { FieldSchema } from './control.js';
import { Field } from './Field.js';
import { NumberInput } from './NumberInput.js';

const seconds = (ms: unknown) => (typeof ms === 'number' ? ms / 1000 : ms);

/** A time in milliseconds (`x-unit: "ms"`), typed in seconds. */
export const durationField = {
  tester: rankWith(
    3,
    and(
      or(isNumberControl, isIntegerControl),
      schemaMatches((schema) => (schema as FieldSchema)['x-unit'] === 'ms'),
    ),
  ),
  renderer: withJsonFormsControlProps((control) => {
    const { data, schema, path, handleChange } = control;
    return (
      <Field control={control} note={typeof data === 'number' && data >= 60_000 ? formatDuration(data) : undefined}>
        {(input) => (
          <NumberInput
            {...input}
            value={seconds(data)}
            min={seconds(schema.minimum) as number | undefined}
            max={seconds(schema.maximum) as number | undefined}
            unit="s"
            onChange={(value) => handleChange(path, typeof value === 'number' ? Math.round(value * 1000) : value)}
          />
        )}
      </Field>
    );
  }),
};
