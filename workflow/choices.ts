import type { JsonObject, JsonSchema, JsonValue } from '../modules/json.js';

/** The values a setting may have, where these are a list; null: anything else. */
export function choicesOf(schema: JsonSchema): JsonValue[] | null {
  const options = optionsOf(schema);
  return options.length > 0 && options.every((option) => Object.hasOwn(option, 'const'))
    ? options.map((option) => option.const!)
    : null;
}

/** The values with their titles, or the forms, that a setting is a choice of; none where it is no choice. */
export function optionsOf(schema: JsonSchema): JsonObject[] {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => ({ const: value }));
  const options = schema.oneOf ?? schema.anyOf;
  return Array.isArray(options) ? (options as JsonObject[]) : [];
}

/** The schema with those of its choices for which `isKept` holds. */
export function withChoices(schema: JsonSchema, isKept: (value: JsonValue) => boolean): JsonSchema {
  const keyword = (['enum', 'oneOf', 'anyOf'] as const).find((key) => Array.isArray(schema[key]))!;
  const kept = optionsOf(schema).filter((option) => isKept(option.const!));
  return { ...schema, [keyword]: keyword === 'enum' ? kept.map((option) => option.const!) : kept };
}
