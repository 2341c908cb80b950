import { isOneOfEnumControl, type JsonSchema, rankWith } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { Choice } from './Choice.js';

/** `oneOf` of constants with titles: values with names for people. */
export const titledEnumField = {
  tester: rankWith(6, isOneOfEnumControl),
  renderer: withJsonFormsControlProps((control) => (
    <Choice
      control={control}
      options={((control.schema.oneOf ?? []) as JsonSchema[]).map((option) => ({
        value: option.const,
        label: option.title ?? String(option.const),
        description: option.description,
      }))}
    />
  )),
};
