import { and, type JsonSchema, rankWith, schemaMatches, uiTypeIs } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { humanise } from '../components/format.js';
import { choicesOf } from './choices.js';
import type { FieldSchema } from './control.js';
import { Field } from './Field.js';
import { useLookup } from './useLookup.js';

const itemsOf = (schema: JsonSchema) => (schema.items ?? {}) as FieldSchema;

/** Some of several values, each at most once: a box to tick for each. */
export const multiChoiceField = {
  tester: rankWith(
    12,
    and(
      uiTypeIs('Control'),
      schemaMatches(
        (schema) =>
          schema.type === 'array' &&
          schema.uniqueItems === true &&
          (choicesOf(itemsOf(schema) as never) !== null || itemsOf(schema)['x-lookup'] !== undefined),
      ),
    ),
  ),
  renderer: withJsonFormsControlProps((control) => {
    const items = itemsOf(control.schema);
    const lookup = useLookup(items['x-lookup']);
    const options = items['x-lookup']
      ? lookup.options.map(({ value, label }) => ({ value: value as unknown, label }))
      : (choicesOf(items as never) ?? []).map((option) => ({
          value: option.const as unknown,
          label: option.title ?? humanise(String(option.const)),
        }));
    const chosen: unknown[] = Array.isArray(control.data) ? control.data : [];
    const toggle = (value: unknown) => {
      const next = chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
      const known = options.map((option) => option.value);
      // In the order of the list, so that the same choice is the same value.
      control.handleChange(control.path, [
        ...known.filter((one) => next.includes(one)),
        ...next.filter((one) => !known.includes(one)),
      ]);
    };
    const gone = chosen.filter((value) => !lookup.isLoading && !options.some((option) => option.value === value));
    return (
      <Field control={control} isGroup>
        {(input) => (
          <div className="check-list">
            {[...options, ...gone.map((value) => ({ value, label: `${String(value)} (not found)` }))].map((option) => (
              <label key={String(option.value)}>
                <input
                  type="checkbox"
                  disabled={input.disabled}
                  checked={chosen.includes(option.value)}
                  onChange={() => toggle(option.value)}
                />{' '}
                {option.label}
              </label>
            ))}
            {lookup.hasFailed && (
              <p className="field-error">The choices could not be loaded. Reload the page to try again.</p>
            )}
          </div>
        )}
      </Field>
    );
  }),
};
