import { and, rankWith, schemaMatches, uiTypeIs } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { type FieldSchema, fieldFacts } from './control.js';
import { Field } from './Field.js';
import { innerOfNullable } from './nullableField.js';
import { useLookup } from './useLookup.js';

const NOTHING = '\u0000nothing';

/** A choice from the studio's own data (`x-lookup`): materials, render templates, categories. */
export const lookupField = {
  tester: rankWith(
    15,
    and(
      uiTypeIs('Control'),
      schemaMatches((schema) => (schema as FieldSchema)['x-lookup'] !== undefined && schema.type !== 'array'),
    ),
  ),
  renderer: withJsonFormsControlProps((control) => {
    const { schema, data, path, handleChange } = control;
    const { options: all, isLoading, hasFailed } = useLookup((schema as FieldSchema)['x-lookup']);
    // Somebody may have left only some of them to choose from.
    const options = schema.enum ? all.filter(({ value }) => schema.enum?.includes(value)) : all;
    const { defaultValue } = fieldFacts(control);
    const isNullable = innerOfNullable(schema) !== null;
    const chosen = options.find((option) => option.value === data);
    const isUnknown = typeof data === 'string' && data !== '' && !chosen && !isLoading;
    return (
      <Field control={control}>
        {(input) => (
          <>
            <select
              {...input}
              className="control"
              value={typeof data === 'string' && data !== '' ? data : NOTHING}
              onChange={(event) =>
                handleChange(
                  path,
                  event.target.value === NOTHING
                    ? isNullable
                      ? null
                      : defaultValue === ''
                        ? ''
                        : undefined
                    : event.target.value,
                )
              }
            >
              <option value={NOTHING}>{isLoading ? 'Loading …' : 'None chosen'}</option>
              {typeof data === 'string' && data !== '' && !chosen && (
                <option value={data}>{isUnknown ? `${data} (not found)` : data}</option>
              )}
              {options.map((option) => (
                <option key={option.value} value={option.value}>
                  {option.label}
                </option>
              ))}
            </select>
            {chosen?.description && <p className="field-help">{chosen.description}</p>}
            {hasFailed && <p className="field-error">The choices could not be loaded. Reload the page to try again.</p>}
            {isUnknown && !hasFailed && (
              <p className="field-error">“{data}” does not exist any more. Choose another.</p>
            )}
          </>
        )}
      </Field>
    );
  }),
};
