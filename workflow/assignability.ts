import { isDeepStrictEqual } from 'node:util';
import { Validator } from '@cfworker/json-schema';
import type { JsonSchema, JsonValue } from '../modules/json.js';

/** Keywords that describe and do not constrain. */
const ANNOTATIONS = new Set(['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'readOnly']);
export const isAnnotation = (keyword: string) => ANNOTATIONS.has(keyword) || keyword.startsWith('x-');

/** Constraints this check understands in the receiving schema; any other makes it say no. */
const UNDERSTOOD = new Set(
  `type enum const minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern format items
   additionalItems minItems maxItems uniqueItems properties required additionalProperties propertyNames minProperties
   maxProperties anyOf oneOf allOf`.split(/\s+/),
);
const TYPES = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];

type Schema = JsonSchema | boolean;

/** Whether every value that fits `from` surely fits `to`. JSON Schema draft-7.
 *
 * Conservative: true is a promise, false only means "not proven". Understood are types, const and enum, number, string,
 * array, tuple and object constraints, records, anyOf, oneOf, allOf; `$ref`, `not`, `if`, patternProperties and
 * dependencies only where both schemas are equal. A property that `from` does not declare counts as absent, because
 * modules yield what they declare (Zod drops the rest). */
export function isAssignable(from: Schema, to: Schema): boolean {
  return fits(plain(from), plain(to));
}

/** Without annotations, at every level where a schema may stand. */
function plain(schema: Schema): Schema {
  if (typeof schema === 'boolean') return schema;
  const kept = Object.entries(schema).filter(([key]) => !isAnnotation(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, plainKeyword(key, value)]));
}

function plainKeyword(key: string, value: JsonValue): JsonValue {
  if (key === 'properties' || key === 'patternProperties' || key === 'definitions') {
    return Object.fromEntries(Object.entries(value as JsonSchema).map(([name, s]) => [name, plain(s as Schema)]));
  }
  if (
    ['items', 'additionalItems', 'additionalProperties', 'propertyNames', 'not', 'if', 'then', 'else'].includes(key)
  ) {
    return Array.isArray(value) ? value.map((s) => plain(s as Schema)) : plain(value as Schema);
  }
  if (key === 'anyOf' || key === 'oneOf' || key === 'allOf') return (value as Schema[]).map(plain);
  return value;
}

function fits(from: Schema, to: Schema): boolean {
  if (to === true || from === false) return true;
  if (to === false) return false;
  if (from === true) return Object.keys(to).length === 0;
  if (isDeepStrictEqual(from, to)) return true;
  if (Object.keys(to).some((key) => !UNDERSTOOD.has(key))) return false;

  const values = finiteValues(from);
  if (values) {
    const validator = new Validator(to, '7');
    return values.every((value) => validator.validate(value).valid);
  }
  const branches = branchesOf(from);
  if (branches) return branches.every((branch) => fits(branch, to));

  return (
    !('const' in to || 'enum' in to) &&
    fitsCombinators(from, to) &&
    fitsType(from, to) &&
    fitsNumber(from, to) &&
    fitsString(from, to) &&
    fitsArray(from, to) &&
    fitsObject(from, to)
  );
}

/** All values that can fit, where the schema lists them; other keywords could only make them fewer. */
function finiteValues(schema: JsonSchema): JsonValue[] | undefined {
  if ('const' in schema) return [schema.const!];
  if ('enum' in schema) return schema.enum as JsonValue[];
  if (schema.type === 'boolean') return [false, true];
  if (schema.type === 'null') return [null];
  return undefined;
}

/** The alternatives of a schema that is nothing but a union; with further keywords beside it a branch is not the whole truth. */
function branchesOf(schema: JsonSchema): Schema[] | undefined {
  const [keyword, ...others] = Object.keys(schema).filter((key) => key !== 'type');
  return others.length === 0 && (keyword === 'anyOf' || keyword === 'oneOf')
    ? (schema[keyword] as Schema[])
    : undefined;
}

function fitsCombinators(from: JsonSchema, to: JsonSchema): boolean {
  const all = to.allOf as Schema[] | undefined;
  const any = to.anyOf as Schema[] | undefined;
  const one = to.oneOf as Schema[] | undefined;
  return (
    (!all || all.every((part) => fits(from, part))) &&
    (!any || any.some((branch) => fits(from, branch))) &&
    (!one || (areDisjoint(one) && one.some((branch) => fits(from, branch))))
  );
}

/** Whether surely no value fits two of the schemas: different types, or different literals, as whole or of one property. */
function areDisjoint(schemas: Schema[]): boolean {
  return schemas.every((a, i) => schemas.slice(i + 1).every((b) => areApart(a, b)));
}

function areApart(a: Schema, b: Schema): boolean {
  if (a === false || b === false) return true;
  if (a === true || b === true) return false;
  const [valuesA, valuesB] = [finiteValues(a), finiteValues(b)];
  if (valuesA && valuesB) return valuesA.every((x) => valuesB.every((y) => !isDeepStrictEqual(x, y)));
  const [typesA, typesB] = [typesOf(a), typesOf(b)];
  if (!typesA.some((type) => typesB.includes(type))) return true;
  const required = ((a.required ?? []) as string[]).filter((name) => ((b.required ?? []) as string[]).includes(name));
  const areObjects = a.type === 'object' && b.type === 'object';
  return areObjects && required.some((name) => areApart(receivedAs(a, name), receivedAs(b, name)));
}

/** Every integer is a number too, so `number` stands for both. */
function typesOf(schema: JsonSchema): string[] {
  if (schema.type === undefined) return TYPES;
  const types = [schema.type].flat() as string[];
  return types.includes('number') ? [...types, 'integer'] : types;
}

function fitsType(from: JsonSchema, to: JsonSchema): boolean {
  if (to.type === undefined) return true;
  const accepted = typesOf(to);
  return typesOf(from).every((type) => accepted.includes(type));
}

/** Whether `from` can hold values of a type that `to` constrains further. */
const concerns = (from: JsonSchema, ...types: string[]) => typesOf(from).some((type) => types.includes(type));
const atLeast = (from: unknown, to: unknown) =>
  to === undefined || (typeof from === 'number' && from >= (to as number));
const atMost = (from: unknown, to: unknown) => to === undefined || (typeof from === 'number' && from <= (to as number));

function fitsNumber(from: JsonSchema, to: JsonSchema): boolean {
  if (!concerns(from, 'number', 'integer')) return true;
  const above = (limit: JsonValue | undefined) => limit === undefined || moreThan(from, limit as number);
  const below = (limit: JsonValue | undefined) => limit === undefined || lessThan(from, limit as number);
  const step = to.multipleOf as number | undefined;
  const ownStep = (from.multipleOf as number | undefined) ?? (concerns(from, 'number') ? undefined : 1);
  return (
    (atLeast(from.minimum, to.minimum) || atLeast(from.exclusiveMinimum, to.minimum)) &&
    (atMost(from.maximum, to.maximum) || atMost(from.exclusiveMaximum, to.maximum)) &&
    above(to.exclusiveMinimum) &&
    below(to.exclusiveMaximum) &&
    (step === undefined || (ownStep !== undefined && Number.isInteger(ownStep / step)))
  );
}

const moreThan = (from: JsonSchema, limit: number) =>
  atLeast(from.exclusiveMinimum, limit) || (typeof from.minimum === 'number' && from.minimum > limit);
const lessThan = (from: JsonSchema, limit: number) =>
  atMost(from.exclusiveMaximum, limit) || (typeof from.maximum === 'number' && from.maximum < limit);

function fitsString(from: JsonSchema, to: JsonSchema): boolean {
  if (!concerns(from, 'string')) return true;
  return (
    atLeast(from.minLength ?? 0, to.minLength) &&
    atMost(from.maxLength, to.maxLength) &&
    (to.pattern === undefined || to.pattern === from.pattern) &&
    (to.format === undefined || to.format === from.format)
  );
}

function fitsArray(from: JsonSchema, to: JsonSchema): boolean {
  if (!concerns(from, 'array')) return true;
  const tuple = Array.isArray(from.items) ? (from.items as Schema[]) : undefined;
  const closedLength = tuple && from.additionalItems === false ? tuple.length : undefined;
  const length = tuple?.length ?? 0;
  const positions = Math.max(length, Array.isArray(to.items) ? to.items.length : 0);
  const maxItems = Math.min((from.maxItems as number | undefined) ?? Infinity, closedLength ?? Infinity);
  return (
    atLeast(from.minItems ?? 0, to.minItems) &&
    (to.maxItems === undefined || maxItems <= (to.maxItems as number)) &&
    (to.uniqueItems !== true || from.uniqueItems === true || maxItems <= 1) &&
    // One position past both tuples stands for all the rest.
    Array.from({ length: positions + 1 }, (_, position) => position).every(
      (position) => position >= maxItems || fits(itemAt(from, position), itemAt(to, position)),
    )
  );
}

function itemAt(schema: JsonSchema, position: number): Schema {
  if (!Array.isArray(schema.items)) return (schema.items as Schema | undefined) ?? true;
  return (schema.items[position] as Schema | undefined) ?? (schema.additionalItems as Schema | undefined) ?? true;
}

function fitsObject(from: JsonSchema, to: JsonSchema): boolean {
  if (!concerns(from, 'object')) return true;
  const required = (from.required ?? []) as string[];
  const own = Object.keys((from.properties ?? {}) as JsonSchema);
  const names = new Set([...own, ...Object.keys((to.properties ?? {}) as JsonSchema)]);
  const most = undeclared(from) === false ? own.length : Infinity;
  return (
    ((to.required ?? []) as string[]).every((name) => required.includes(name)) &&
    atLeast(Math.max(required.length, (from.minProperties as number | undefined) ?? 0), to.minProperties) &&
    atMost(Math.min(most, (from.maxProperties as number | undefined) ?? Infinity), to.maxProperties) &&
    namesFit(from, to, own) &&
    [...names].every((name) => fits(propertyOf(from, name), receivedAs(to, name))) &&
    fits(undeclared(from), (to.additionalProperties as Schema | undefined) ?? true)
  );
}

/** What a producing schema says about properties it does not name: absent, unless it is a record or an open mixture. */
function undeclared(from: JsonSchema): Schema {
  const isClosed = from.type === 'object' && !('anyOf' in from || 'oneOf' in from || 'allOf' in from);
  return (from.additionalProperties as Schema | undefined) ?? !isClosed;
}

function propertyOf(from: JsonSchema, name: string): Schema {
  const properties = (from.properties ?? {}) as Record<string, Schema>;
  return Object.hasOwn(properties, name) ? properties[name]! : undeclared(from);
}

function receivedAs(to: JsonSchema, name: string): Schema {
  const properties = (to.properties ?? {}) as Record<string, Schema>;
  return Object.hasOwn(properties, name)
    ? properties[name]!
    : ((to.additionalProperties as Schema | undefined) ?? true);
}

function namesFit(from: JsonSchema, to: JsonSchema, own: string[]): boolean {
  if (to.propertyNames === undefined) return true;
  const validator = new Validator(to.propertyNames as JsonSchema, '7');
  if (!own.every((name) => validator.validate(name).valid)) return false;
  return (
    undeclared(from) === false ||
    fits({ type: 'string', ...(from.propertyNames as JsonSchema) }, to.propertyNames as Schema)
  );
}
