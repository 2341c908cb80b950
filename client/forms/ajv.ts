import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import type { JsonFormsCore } from '@jsonforms/core';
import { formatDuration } from '../components/format.js';
import type { FieldSchema } from './control.js';
import { explain } from './explain.js';

/** What JSONForms reads of an AJV error. */
export interface SchemaError {
  keyword: string;
  /** JSON pointer into the data. */
  instancePath: string;
  schemaPath: string;
  params: Record<string, unknown>;
  message: string;
}

/** Errors that only say "something below is wrong". */
const WRAPPERS = new Set([
  'properties',
  'items',
  'prefixItems',
  'additionalItems',
  'patternProperties',
  '$ref',
  'allOf',
  'if',
  'dependentSchemas',
]);

const pointer = (location: string) => location.replace(/^#/, '');
const steps = (location: string) =>
  pointer(location)
    .split('/')
    .slice(1)
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));

function valueAt(root: unknown, location: string): unknown {
  return steps(location).reduce<unknown>((value, step) => (value as Record<string, unknown> | null)?.[step], root);
}

/** The branch of a union that the value means: the one whose constants it carries, else the only one of its type. -1: none. */
export function branchOf(branches: readonly Schema[], value: unknown): number {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const byConst = branches.findIndex((branch) => {
    const constants = Object.entries((branch.properties ?? {}) as Record<string, Schema>).filter(
      ([, property]) => property.const !== undefined,
    );
    return (
      isObject &&
      constants.length > 0 &&
      constants.every(([key, property]) => (value as Record<string, unknown>)[key] === property.const)
    );
  });
  if (byConst >= 0) return byConst;
  const others = branches.filter((branch) => branch.type !== 'null');
  return others.length === 1 && value !== null ? branches.indexOf(others[0]!) : -1;
}

/** Keeps what a person can act on: of a union only the errors of the branch that is meant, no "something below is wrong". */
function tidy(units: readonly OutputUnit[], schema: Schema, data: unknown): OutputUnit[] {
  let kept = units.filter((unit) => !WRAPPERS.has(unit.keyword));
  for (const union of units.filter((unit) => unit.keyword === 'anyOf' || unit.keyword === 'oneOf')) {
    const branches = valueAt(schema, union.keywordLocation);
    if (!Array.isArray(branches)) continue;
    const meant = branchOf(branches as Schema[], valueAt(data, union.instanceLocation));
    const below = `${union.keywordLocation}/`;
    const ofMeant = meant >= 0 ? `${below}${meant}/` : null;
    kept = kept.filter(
      (unit) =>
        (unit === union ? ofMeant === null : true) &&
        (!unit.keywordLocation.startsWith(below) || (ofMeant !== null && unit.keywordLocation.startsWith(ofMeant))),
    );
  }
  // "additionalProperties" of a record wraps the error of its value; of a closed object it is the error itself.
  return kept.filter(
    (unit) =>
      unit.keyword !== 'additionalProperties' ||
      !kept.some((other) => other !== unit && other.instanceLocation.startsWith(`${unit.instanceLocation}/`)),
  );
}

/** What a keyword of the schema asks for, as a person reads it. */
function expectedAt(schema: Schema, location: string): unknown {
  const expected = valueAt(schema, location);
  const owner = valueAt(schema, location.slice(0, location.lastIndexOf('/'))) as FieldSchema | undefined;
  return owner?.['x-unit'] === 'ms' && typeof expected === 'number' ? formatDuration(expected) : expected;
}

function toError(unit: OutputUnit, schema: Schema): SchemaError {
  const property = /"([^"]+)"/.exec(unit.error)?.[1];
  const params: Record<string, unknown> =
    unit.keyword === 'required'
      ? { missingProperty: property }
      : unit.keyword === 'additionalProperties'
        ? { additionalProperty: property }
        : {};
  return {
    keyword: unit.keyword === 'anyOf' || unit.keyword === 'oneOf' ? 'union' : unit.keyword,
    instancePath: steps(unit.instanceLocation)
      .map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join(''),
    schemaPath: unit.keywordLocation,
    params,
    message: explain(unit.keyword, expectedAt(schema, unit.keywordLocation), unit.error),
  };
}

/** All errors of `data` against a draft-7 schema, in plain words; empty when it fits. */
export function schemaErrors(schema: object, data: unknown): SchemaError[] {
  if (data === undefined) return [];
  // JSON knows no undefined, but a cleared form field is one.
  const plain = JSON.parse(JSON.stringify(data)) as unknown;
  const { valid, errors } = new Validator(schema as Schema, '7', false).validate(plain);
  return valid ? [] : tidy(errors, schema as Schema, plain).map((unit) => toError(unit, schema as Schema));
}

/** Stands where JSONForms expects AJV. AJV builds functions from text, which our content security policy forbids;
 * this one walks the schema instead. JSONForms calls `compile` and `validate` only. */
export default class SchemaChecker {
  errors: SchemaError[] | null = null;

  compile(schema: object) {
    const check = (data: unknown): boolean => {
      const errors = schemaErrors(schema, data);
      check.errors = errors.length > 0 ? errors : null;
      return errors.length === 0;
    };
    check.errors = null as SchemaError[] | null;
    return check;
  }

  validate(schema: object, data: unknown): boolean {
    const errors = schemaErrors(schema, data);
    this.errors = errors.length > 0 ? errors : null;
    return errors.length === 0;
  }
}

/** The one instance all forms share. */
export const ajv = new SchemaChecker() as unknown as NonNullable<JsonFormsCore['ajv']>;
