import { and, type JsonSchema, rankWith, schemaMatches, uiTypeIs } from '@jsonforms/core';
import { withJsonFormsControlProps } from '@jsonforms/react';
import { type FieldSchema, fieldFacts } from './control.js';
import { Field } from './Field.js';
import { NumberInput } from './NumberInput.js';

interface Size {
  width: number;
  height: number;
}

const PRESETS: (Size & { label: string })[] = [
  { width: 512, height: 512, label: 'Draft 512' },
  { width: 1024, height: 1024, label: 'Square 1K' },
  { width: 2048, height: 2048, label: 'Square 2K' },
  { width: 4096, height: 4096, label: 'Square 4K' },
  { width: 1920, height: 1080, label: 'Full HD 16:9' },
  { width: 3840, height: 2160, label: 'UHD 16:9' },
  { width: 1600, height: 1200, label: 'Classic 4:3' },
];

/** The two keys of a size in pixels, whether or not the unit is in their names. */
function sizeKeys(schema: JsonSchema): [string, string] | null {
  const names = Object.keys(schema.properties ?? {});
  if (names.length !== 2) return null;
  const width = names.find((name) => /^width(Px)?$/.test(name));
  const height = names.find((name) => /^height(Px)?$/.test(name));
  const isNumber = (name: string | undefined) =>
    /^(number|integer)$/.test(String(schema.properties?.[name ?? '']?.type));
  return isNumber(width) && isNumber(height) ? [width!, height!] : null;
}

/** Width × height in pixels, with common sizes to pick. */
export const resolutionField = {
  tester: rankWith(
    10,
    and(
      uiTypeIs('Control'),
      schemaMatches((schema) => sizeKeys(schema) !== null),
    ),
  ),
  renderer: withJsonFormsControlProps((control) => {
    const { label } = fieldFacts(control);
    const [widthKey, heightKey] = sizeKeys(control.schema)!;
    const data = (control.data ?? {}) as Record<string, unknown>;
    const limits = control.schema.properties as Record<string, JsonSchema>;
    const own = (control.schema as FieldSchema)['x-presets'] as typeof PRESETS | undefined;
    const presets = (own ?? PRESETS).filter(
      ({ width, height }) =>
        width <= (limits[widthKey]?.maximum ?? Number.POSITIVE_INFINITY) &&
        height <= (limits[heightKey]?.maximum ?? Number.POSITIVE_INFINITY),
    );
    const chosen = presets.findIndex(({ width, height }) => width === data[widthKey] && height === data[heightKey]);
    const change = (width: unknown, height: unknown) =>
      control.handleChange(control.path, { ...data, [widthKey]: width, [heightKey]: height });
    const side = (key: string, name: string, input: { id: string; disabled: boolean }) => (
      <NumberInput
        {...input}
        id={`${input.id}-${key}`}
        label={`${label} ${name}`}
        value={data[key]}
        min={limits[key]?.minimum}
        max={limits[key]?.maximum}
        step={limits[key]?.multipleOf ?? 1}
        unit="px"
        onChange={(value) => (key === widthKey ? change(value, data[heightKey]) : change(data[widthKey], value))}
      />
    );
    return (
      <Field control={control} isGroup>
        {(input) => (
          <>
            <div className="resolution-row">
              {side(widthKey, 'width', input)}
              <span className="muted" aria-hidden="true">
                ×
              </span>
              {side(heightKey, 'height', input)}
            </div>
            <select
              className="control"
              aria-label={`${label} preset`}
              disabled={input.disabled}
              value={chosen}
              onChange={(event) => {
                const preset = presets[Number(event.target.value)];
                if (preset) change(preset.width, preset.height);
              }}
            >
              <option value={-1}>Own size</option>
              {presets.map((preset, index) => (
                <option key={preset.label} value={index}>
                  {preset.label} · {preset.width} × {preset.height}
                </option>
              ))}
            </select>
          </>
        )}
      </Field>
    );
  }),
};
