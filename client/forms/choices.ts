import type { JsonSchema } from '@jsonforms/core';

type Json = Record<string, unknown>;

/** The values a schema lists, as `oneOf` of constants with their titles; null: it lists none. */
export function choicesOf(schema: Json): JsonSchema[] | null {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => ({ const: value }));
  const options = (schema.oneOf ?? schema.anyOf) as JsonSchema[] | undefined;
  return options?.length && options.every((option) => option.const !== undefined) ? options : null;
}
