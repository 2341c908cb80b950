import type { JsonSchema } from '@jsonforms/core';

type Json = Record<string, unknown>;

/** The values a schema lists, as `oneOf` of constants with their titles; null: it lists none. */
export function choicesOf(schema: Json): JsonSchema[] | null {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => ({ const: value }));
  const options = (schema.oneOf ?? schema.anyOf) as JsonSchema[] | undefined;
  return options?.length && options.every((option) => option.const !== undefined) ? options : null;
}

/** What people call a value: the title of the choice it is. Undefined where the schema lists no titles. */
export const titleOf = (schema: object, value: unknown): string | undefined =>
  choicesOf(schema as Json)?.find((choice) => choice.const === value)?.title;
