import type { JsonSchema } from '@jsonforms/core';
import type { PlacedMessage } from './placedMessage.js';

type Json = Record<string, unknown>;

/** JSONForms takes a dot in a name for a way into an object. Inside a form another dot stands for it. */
const STAND_IN = '\u2024';
const safe = (name: string) => name.replaceAll('.', STAND_IN);
const plain = (name: string) => name.replaceAll(STAND_IN, '.');

export const hasDottedNames = (schema: JsonSchema) =>
  Object.keys(schema.properties ?? {}).some((name) => name.includes('.'));

const renamed = (value: unknown, rename: (name: string) => string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, each]) => [rename(name), each]))
    : value;

export const safeData = (data: unknown) => renamed(data, safe);
export const plainData = (data: unknown) => renamed(data, plain);

export const safeSchema = (schema: JsonSchema) =>
  ({
    ...schema,
    properties: safeData(schema.properties),
    ...(schema.required && { required: schema.required.map(safe) }),
  }) as JsonSchema;

/** Scopes are the only names in a UI schema. */
export function safeUiSchema(uiSchema: unknown): unknown {
  if (typeof uiSchema !== 'object' || uiSchema === null) return uiSchema;
  if (Array.isArray(uiSchema)) return uiSchema.map(safeUiSchema);
  return Object.fromEntries(
    Object.entries(uiSchema as Json).map(([name, value]) => [
      name,
      name === 'scope' ? safe(String(value)) : safeUiSchema(value),
    ]),
  );
}

export const safeMessages = (messages: PlacedMessage[] | undefined) =>
  messages?.map(({ path, message }) => ({ path: safe(path), message }));
