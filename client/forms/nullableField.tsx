import {
  and,
  type ControlElement,
  createDefaultValue,
  type JsonSchema,
  type JsonSchema7,
  rankWith,
  schemaMatches,
  uiTypeIs,
} from '@jsonforms/core';
import { JsonFormsDispatch, withJsonFormsControlProps } from '@jsonforms/react';
import { useMemo } from 'react';
import { type FieldSchema, fieldFacts } from './control.js';
import { Field } from './Field.js';

/** The schema without its null, or null when it takes none (or is a union of more than one other kind). */
export function innerOfNullable(schema: JsonSchema): JsonSchema | null {
  const { anyOf, oneOf, type, ...rest } = schema as JsonSchema7;
  if (Array.isArray(type)) {
    const others = type.filter((each) => each !== 'null');
    return others.length === 1 && others.length < type.length ? { ...rest, type: others[0] } : null;
  }
  const branches = (anyOf ?? oneOf) as JsonSchema7[] | undefined;
  const others = branches?.filter((branch) => branch.type !== 'null') ?? [];
  return others.length === 1 && others.length < branches!.length ? { ...rest, ...others[0] } : null;
}

/** A value that may be absent on purpose (null): a switch, and the value's own control while it is on. */
export const nullableField = {
  tester: rankWith(
    8,
    and(
      uiTypeIs('Control'),
      schemaMatches((schema) => !(schema as FieldSchema)['x-lookup'] && innerOfNullable(schema) !== null),
    ),
  ),
  renderer: withJsonFormsControlProps((control) => {
    const { schema, rootSchema, path, data, enabled, renderers, cells, handleChange } = control;
    const inner = useMemo(() => {
      const { description, title, ...rest } = innerOfNullable(schema)!;
      return rest as JsonSchema;
    }, [schema]);
    const isSet = data !== null && data !== undefined;
    const { label } = fieldFacts(control);
    const innerControl = useMemo(
      (): ControlElement => ({ type: 'Control', scope: '#', label, options: { isInner: true } }),
      [label],
    );
    return (
      <>
        <Field control={control} isInline>
          {(input) => (
            <input
              {...input}
              type="checkbox"
              role="switch"
              className="switch"
              checked={isSet}
              aria-checked={isSet}
              onChange={(event) =>
                handleChange(
                  path,
                  event.target.checked ? (createDefaultValue(inner, rootSchema) ?? inner.minimum ?? 0) : null,
                )
              }
            />
          )}
        </Field>
        {isSet && (
          <div className="nullable-inner">
            <JsonFormsDispatch
              schema={inner}
              uischema={innerControl}
              path={path}
              enabled={enabled}
              renderers={renderers}
              cells={cells}
            />
          </div>
        )}
      </>
    );
  }),
};
