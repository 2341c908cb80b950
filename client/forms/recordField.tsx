import { and, type JsonSchema, rankWith, schemaMatches, uiTypeIs } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { useState } from 'react';
import { Button, IconButton } from '../components/Button.js';
import { type FieldSchema, fieldFacts } from './control.js';
import { Field } from './Field.js';
import { useLookup } from './useLookup.js';

const valueSchema = (schema: JsonSchema) => schema.additionalProperties as FieldSchema | boolean | undefined;

const isStringRecord = (schema: JsonSchema) => {
  const value = valueSchema(schema);
  return (
    schema.type === 'object' &&
    Object.keys(schema.properties ?? {}).length === 0 &&
    typeof value === 'object' &&
    value.type === 'string'
  );
};

/** Names with a text each, for example part → material. With `x-lookup` on the values they are chosen, not typed. */
export const recordField = {
  tester: rankWith(10, and(uiTypeIs('Control'), schemaMatches(isStringRecord))),
  renderer: withJsonFormsControlProps((control) => {
    const { label } = fieldFacts(control);
    const [newName, setNewName] = useState('');
    const lookup = (valueSchema(control.schema) as FieldSchema)['x-lookup'];
    const { options } = useLookup(lookup);
    const record = (control.data ?? {}) as Record<string, string>;
    const change = (next: Record<string, string>) => control.handleChange(control.path, next);
    const add = () => {
      const name = newName.trim();
      if (!name || Object.hasOwn(record, name)) return;
      change({ ...record, [name]: options[0]?.value ?? '' });
      setNewName('');
    };
    return (
      <Field control={control} isGroup>
        {(input) => (
          <div className="list-rows">
            {Object.entries(record).map(([name, value]) => (
              <span key={name} className="record-row">
                <span className="truncate" title={name}>
                  {name}
                </span>
                {lookup ? (
                  <select
                    className="control"
                    aria-label={`${label}: ${name}`}
                    disabled={input.disabled}
                    value={value}
                    onChange={(event) => change({ ...record, [name]: event.target.value })}
                  >
                    {!options.some((option) => option.value === value) && (
                      <option value={value}>{value || 'Choose …'}</option>
                    )}
                    {options.map((option) => (
                      <option key={option.value} value={option.value}>
                        {option.label}
                      </option>
                    ))}
                  </select>
                ) : (
                  <input
                    className="control"
                    type="text"
                    aria-label={`${label}: ${name}`}
                    disabled={input.disabled}
                    value={value}
                    onChange={(event) => change({ ...record, [name]: event.target.value })}
                  />
                )}
                <IconButton
                  icon="close"
                  label={`Remove ${name}`}
                  disabled={input.disabled}
                  onClick={() => {
                    const { [name]: _, ...rest } = record;
                    change(rest);
                  }}
                />
              </span>
            ))}
            <span className="list-row">
              <input
                className="control"
                type="text"
                aria-label={`${label}: new name`}
                placeholder="New name"
                disabled={input.disabled}
                value={newName}
                onChange={(event) => setNewName(event.target.value)}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter') return;
                  event.preventDefault();
                  add();
                }}
              />
              <Button icon="plus" look="quiet" disabled={input.disabled || !newName.trim()} onClick={add}>
                Add
              </Button>
            </span>
          </div>
        )}
      </Field>
    );
  }),
};
