import { and, createDefaultValue, Generate, type JsonSchema, rankWith, schemaMatches, uiTypeIs } from '@jsonforms/core';
import { JsonFormsDispatch, withJsonFormsControlProps } from '@jsonforms/react';
import { useMemo } from 'react';
import { humanise } from '../components/format.js';
import { branchOf } from './ajv.js';
import { fieldFacts } from './control.js';
import { Field } from './Field.js';

/** The key whose constant tells the branches of a union apart, or null. */
function discriminatorOf(branches: readonly JsonSchema[]): string | null {
  const keys = Object.keys(branches[0]?.properties ?? {});
  return keys.find((key) => branches.every((branch) => branch.properties?.[key]?.const !== undefined)) ?? null;
}

const branchesOf = (schema: JsonSchema) => (schema.oneOf ?? schema.anyOf ?? []) as JsonSchema[];

/** What a branch starts with: its own defaults and its constant, and what the old value had under the same names. */
function startOf(branch: JsonSchema, rootSchema: JsonSchema, old: unknown): Record<string, unknown> {
  const properties = Object.entries(branch.properties ?? {}) as [string, JsonSchema][];
  const kept = (old ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    properties
      .map(([key, property]) => [
        key,
        property.const ?? (typeof kept[key] === property.type ? kept[key] : createDefaultValue(property, rootSchema)),
      ])
      .filter(([, value]) => value !== undefined && value !== null),
  );
}

/** One of several kinds of object, told apart by a constant: a choice of the kind, then that kind's fields. */
export const unionField = {
  tester: rankWith(
    9,
    and(
      uiTypeIs('Control'),
      schemaMatches((schema) => branchesOf(schema).length > 1 && discriminatorOf(branchesOf(schema)) !== null),
    ),
  ),
  renderer: withJsonFormsControlProps((control) => {
    const { schema, rootSchema, path, data, enabled, visible, renderers, cells, handleChange } = control;
    const branches = branchesOf(schema);
    const key = discriminatorOf(branches)!;
    const index = branchOf(branches as never, data);
    const { label } = fieldFacts(control);
    const inner = useMemo(() => {
      const branch = branches[index];
      if (!branch) return null;
      const { [key]: _, ...properties } = branch.properties ?? {};
      const shown = { ...branch, properties, required: branch.required?.filter((name) => name !== key) } as JsonSchema;
      return { schema: shown, uischema: Generate.uiSchema(shown, 'VerticalLayout') };
    }, [branches, index, key]);
    if (!visible) return null;
    return (
      <div className="form-group">
        <Field control={control}>
          {(input) => (
            <select
              {...input}
              className="control"
              value={index}
              onChange={(event) => {
                const branch = branches[Number(event.target.value)];
                if (branch) handleChange(path, startOf(branch, rootSchema, data));
              }}
            >
              {index < 0 && <option value={-1}>Choose …</option>}
              {branches.map((branch, at) => (
                <option key={String(branch.properties?.[key]?.const)} value={at}>
                  {branch.title ?? humanise(String(branch.properties?.[key]?.const))}
                </option>
              ))}
            </select>
          )}
        </Field>
        {inner && Object.keys(inner.schema.properties ?? {}).length > 0 && (
          // biome-ignore lint/a11y/useSemanticElements: the select above already names the fieldset's content.
          <div role="group" aria-label={`${label}, details`}>
            <JsonFormsDispatch
              key={index}
              schema={inner.schema}
              uischema={inner.uischema}
              path={path}
              enabled={enabled}
              renderers={renderers}
              cells={cells}
            />
          </div>
        )}
      </div>
    );
  }),
};
