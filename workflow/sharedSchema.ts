import { isDeepStrictEqual } from 'node:util';
import { Validator } from '@cfworker/json-schema';
import type { JsonSchema, JsonValue } from '../modules/json.js';
import { isAnnotation } from './assignability.js';
import { choicesOf, withChoices } from './choices.js';

/** The schema of the values that all of these take, in the words of the first: bounds are narrowed, choices cut, groups go part by part.
 * @returns undefined where there is no such value, or none that one schema of these keywords could tell. */
export function sharedSchema([first, ...others]: readonly JsonSchema[]): JsonSchema | undefined {
  return others.reduce<JsonSchema | undefined>((shared, other) => shared && both(shared, other), first);
}

function both(one: JsonSchema, other: JsonSchema): JsonSchema | undefined {
  if (choicesOf(one)) return chosen(one, other);
  if (choicesOf(other)) {
    const cut = chosen(other, one);
    return cut && { ...withoutAnnotations(cut), ...annotationsOf(one) };
  }
  if (!isDeepStrictEqual(partNames(one), partNames(other))) return undefined;
  const shared: JsonSchema = { ...one };
  for (const [keyword, theirs] of Object.entries(withoutAnnotations(other))) {
    const own = one[keyword];
    const joined = own === undefined ? theirs : bothOf(keyword, own, theirs);
    if (joined === undefined) return undefined;
    shared[keyword] = joined;
  }
  return hasValues(shared) ? shared : undefined;
}

/** The choices that are values of another schema too. */
function chosen(choice: JsonSchema, other: JsonSchema): JsonSchema | undefined {
  const validator = new Validator(other, '7');
  const cut = withChoices(choice, (value) => validator.validate(value).valid);
  return choicesOf(cut) ? cut : undefined;
}

/** Keywords of bounds, with the tighter of two. */
const TIGHTER: Record<string, (one: number, other: number) => number> = {
  minimum: Math.max,
  exclusiveMinimum: Math.max,
  minLength: Math.max,
  minItems: Math.max,
  maximum: Math.min,
  exclusiveMaximum: Math.min,
  maxLength: Math.min,
  maxItems: Math.min,
};

function bothOf(keyword: string, one: JsonValue, other: JsonValue): JsonValue | undefined {
  if (isDeepStrictEqual(one, other)) return one;
  if (Object.hasOwn(TIGHTER, keyword)) return TIGHTER[keyword]!(one as number, other as number);
  if (keyword === 'type') return [one, other].sort().join() === 'integer,number' ? 'integer' : undefined;
  if (keyword === 'multipleOf')
    return [one, other].find((step) => [one, other].every((each) => Number.isInteger(Number(step) / Number(each))));
  if (keyword === 'required') return [...new Set([...(one as string[]), ...(other as string[])])];
  if (keyword !== 'properties') return undefined;
  const [own, theirs] = [one, other] as Record<string, JsonSchema>[];
  const parts = Object.entries(own!).map(([name, part]) => [name, both(part, theirs![name]!)] as const);
  return parts.every(([, part]) => part !== undefined) ? (Object.fromEntries(parts) as JsonSchema) : undefined;
}

const partNames = (schema: JsonSchema) => Object.keys((schema.properties ?? {}) as JsonSchema).sort();

/** Whether something lies between the bounds. */
function hasValues(schema: JsonSchema): boolean {
  const bound = (keyword: string, otherwise: number) => (schema[keyword] ?? otherwise) as number;
  return (
    bound('minimum', -Infinity) <= bound('maximum', Infinity) &&
    bound('exclusiveMinimum', -Infinity) < bound('exclusiveMaximum', Infinity) &&
    bound('minimum', -Infinity) < bound('exclusiveMaximum', Infinity) &&
    bound('exclusiveMinimum', -Infinity) < bound('maximum', Infinity) &&
    bound('minLength', 0) <= bound('maxLength', Infinity) &&
    bound('minItems', 0) <= bound('maxItems', Infinity)
  );
}

const entries = (schema: JsonSchema, areAnnotations: boolean) =>
  Object.fromEntries(Object.entries(schema).filter(([keyword]) => isAnnotation(keyword) === areAnnotations));
const annotationsOf = (schema: JsonSchema) => entries(schema, true);
const withoutAnnotations = (schema: JsonSchema) => entries(schema, false);
