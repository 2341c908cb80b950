import {
  and,
  createDefaultValue,
  Generate,
  type JsonSchema,
  Paths,
  rankWith,
  schemaMatches,
  schemaTypeIs,
  uiTypeIs,
} from '@jsonforms/core';
import { JsonFormsDispatch, withJsonFormsControlProps } from '@jsonforms/react';
import { useMemo } from 'react';
import { Button } from '../components/Button.js';
import { fieldFacts } from './control.js';
import { Field } from './Field.js';

/** A list of groups: every entry with its own fields. */
export const objectListField = {
  tester: rankWith(
    4,
    and(
      uiTypeIs('Control'),
      schemaTypeIs('array'),
      schemaMatches((schema) => (schema.items as JsonSchema | undefined)?.type === 'object'),
    ),
  ),
  renderer: withJsonFormsControlProps((control) => {
    const { schema, rootSchema, path, data, enabled, renderers, cells, handleChange } = control;
    const { label } = fieldFacts(control);
    const item = schema.items as JsonSchema;
    const detail = useMemo(() => Generate.uiSchema(item, 'VerticalLayout'), [item]);
    const entries: unknown[] = Array.isArray(data) ? data : [];
    return (
      <Field control={control} isGroup>
        {(input) => (
          <div className="list-rows">
            {entries.map((_, index) => (
              <fieldset key={index} className="form-group">
                <legend className="field-label">
                  {label} {index + 1}
                </legend>
                <JsonFormsDispatch
                  schema={item}
                  uischema={detail}
                  path={Paths.compose(path, `${index}`)}
                  enabled={enabled}
                  renderers={renderers}
                  cells={cells}
                />
                <Button
                  icon="close"
                  look="quiet"
                  disabled={input.disabled}
                  onClick={() => handleChange(path, entries.toSpliced(index, 1))}
                >
                  Remove {label.toLowerCase()} {index + 1}
                </Button>
              </fieldset>
            ))}
            <Button
              icon="plus"
              look="quiet"
              disabled={input.disabled}
              onClick={() => handleChange(path, [...entries, createDefaultValue(item, rootSchema) ?? {}])}
            >
              Add
            </Button>
          </div>
        )}
      </Field>
    );
  }),
};
