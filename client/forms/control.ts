import type { ControlProps, JsonSchema } from '@jsonforms/core';
import { humanise } from '../components/format.js';
import { sameJson } from '../components/sameJson.js';

/** What a form hands to all its renderers (JSONForms' `config`). */
export interface FormConfig {
  /** Values that apply where nothing is set, by the shape of the data. */
  defaults?: unknown;
}

/** A JSON Schema with the marks our modules put on params. */
export type FieldSchema = JsonSchema & {
  'x-unit'?: string;
  'x-lookup'?: string;
  'x-presets'?: unknown[];
};

/** Follows a JSONForms path like `camera.position.0`. */
function valueAtPath(root: unknown, path: string): unknown {
  if (path === '') return root;
  return path.split('.').reduce<unknown>((value, step) => (value as Record<string, unknown> | null)?.[step], root);
}

export interface FieldFacts {
  label: string;
  help?: string;
  unit?: string;
  /** Undefined: none is known, or the default is "not set". */
  defaultValue: unknown;
  isChanged: boolean;
}

/** The words and the default of a control. */
export function fieldFacts({ schema, uischema, path, config, data }: ControlProps): FieldFacts {
  const { defaults } = (config ?? {}) as FormConfig;
  const group = valueAtPath(defaults, path.split('.').slice(0, -1).join('.'));
  // Inside a group that has a default, a value without one of its own is "not set" by default.
  const defaultValue = group === undefined ? schema.default : valueAtPath(defaults, path);
  const hasDefault = defaultValue !== undefined || group !== undefined;
  const fromUi = typeof uischema.label === 'string' ? uischema.label : undefined;
  return {
    label: fromUi ?? schema.title ?? humanise(path.split('.').at(-1) || 'settings'),
    help: schema.description,
    unit: (schema as FieldSchema)['x-unit'],
    defaultValue,
    isChanged: hasDefault && data !== undefined && !sameJson(data, defaultValue),
  };
}

/** The default in a few letters, for marks and tooltips. */
export function shortValue(value: unknown): string {
  if (value === undefined) return 'not set';
  if (value === null) return 'none';
  if (value === true) return 'on';
  if (value === false) return 'off';
  if (value === '') return 'empty';
  if (typeof value === 'object') {
    const text = JSON.stringify(value);
    return text.length > 40 ? `${text.slice(0, 40)}…` : text;
  }
  return String(value);
}
