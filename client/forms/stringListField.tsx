import { and, type JsonSchema, rankWith, schemaMatches, schemaTypeIs, uiTypeIs } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { Button, IconButton } from '../components/Button.js';
import { fieldFacts } from './control.js';
import { Field } from './Field.js';

/** A list of texts, one per line, to add and remove; a new one begins with the default of its kind. */
export const stringListField = {
  tester: rankWith(
    4,
    and(
      uiTypeIs('Control'),
      schemaTypeIs('array'),
      schemaMatches((schema) => (schema.items as JsonSchema | undefined)?.type === 'string'),
    ),
  ),
  renderer: withJsonFormsControlProps((control) => {
    const { label } = fieldFacts(control);
    const values: string[] = Array.isArray(control.data) ? control.data : [];
    const fresh = (control.schema.items as JsonSchema).default ?? '';
    const change = (next: string[]) => control.handleChange(control.path, next);
    return (
      <Field control={control} isGroup>
        {(input) => (
          <div className="list-rows">
            {values.map((value, index) => (
              <span key={index} className="list-row">
                <input
                  {...input}
                  id={`${input.id}-${index}`}
                  aria-label={`${label} ${index + 1}`}
                  className="control"
                  type="text"
                  value={value}
                  onChange={(event) => change(values.with(index, event.target.value))}
                />
                <IconButton
                  icon="close"
                  label={`Remove ${value || `entry ${index + 1}`}`}
                  disabled={input.disabled}
                  onClick={() => change(values.toSpliced(index, 1))}
                />
              </span>
            ))}
            <Button icon="plus" look="quiet" disabled={input.disabled} onClick={() => change([...values, fresh])}>
              Add
            </Button>
          </div>
        )}
      </Field>
    );
  }),
};
