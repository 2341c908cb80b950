import { and, type JsonSchema, rankWith, schemaMatches, uiTypeIs } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { fieldFacts } from './control.js';
import { Field } from './Field.js';
import { NumberInput } from './NumberInput.js';

const AXES = ['X', 'Y', 'Z', 'W'];

function axisSchemas(schema: JsonSchema): JsonSchema[] {
  const items = (schema as { prefixItems?: unknown }).prefixItems ?? schema.items;
  return Array.isArray(items) ? (items as JsonSchema[]) : [];
}

const isVector = (schema: JsonSchema) => {
  const axes = axisSchemas(schema);
  return (
    axes.length >= 2 && axes.length <= 4 && axes.every((axis) => axis.type === 'number' || axis.type === 'integer')
  );
};

/** Two to four numbers that belong together, such as a position: X Y Z in one row. */
export const vectorField = {
  tester: rankWith(20, and(uiTypeIs('Control'), schemaMatches(isVector))),
  renderer: withJsonFormsControlProps((control) => {
    const { unit, label } = fieldFacts(control);
    const axes = axisSchemas(control.schema);
    const values: unknown[] = Array.isArray(control.data) ? control.data : axes.map(() => undefined);
    return (
      <Field control={control} isGroup>
        {(input) => (
          <div className="vector-row">
            {axes.map((axis, index) => (
              <span key={AXES[index]} className="vector-axis">
                <span className="axis-name" aria-hidden="true">
                  {AXES[index]}
                </span>
                <NumberInput
                  {...input}
                  id={`${input.id}-${index}`}
                  label={`${label} ${AXES[index]}`}
                  value={values[index]}
                  min={axis.minimum}
                  max={axis.maximum}
                  step={axis.multipleOf}
                  unit={index === axes.length - 1 ? unit : undefined}
                  onChange={(value) => control.handleChange(control.path, values.with(index, value ?? 0))}
                />
              </span>
            ))}
          </div>
        )}
      </Field>
    );
  }),
};
