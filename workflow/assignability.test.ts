import { Validator } from '@cfworker/json-schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toJsonSchema } from '../modules/define.js';
import type { JsonSchema, JsonValue } from '../modules/json.js';
import { isAssignable } from './assignability.js';

const fits = (from: z.ZodType, to: z.ZodType) => isAssignable(toJsonSchema(from), toJsonSchema(to));

describe('isAssignable says yes to', () => {
  it.each<[string, z.ZodType, z.ZodType]>([
    ['anything into anything', z.object({ a: z.string() }), z.unknown()],
    ['an integer into a number', z.int(), z.number()],
    ['a narrower range', z.number().min(2).max(3), z.number().min(1).max(3)],
    ['an exclusive bound inside an inclusive one', z.number().gt(0).lt(5), z.number().min(0).max(5)],
    ['a multiple of a multiple', z.number().multipleOf(4), z.number().multipleOf(2)],
    ['fewer words', z.enum(['a', 'b']), z.enum(['a', 'b', 'c'])],
    ['a word into text', z.enum(['a', 'b']), z.string().max(1)],
    ['a literal into a union', z.literal('a'), z.union([z.literal('a'), z.number()])],
    ['a value into a nullable one', z.string(), z.string().nullable()],
    ['a yes or no into a nullable one', z.boolean(), z.boolean().nullable()],
    ['required into optional', z.object({ a: z.string() }), z.object({ a: z.string().optional() })],
    ['more properties into fewer', z.object({ a: z.string(), b: z.number() }), z.object({ a: z.string() })],
    ['an undeclared into an optional property', z.object({ a: z.string() }), z.object({ b: z.number().optional() })],
    ['declared properties into a record', z.object({ a: z.int(), b: z.int() }), z.record(z.string(), z.number())],
    ['a record into a record', z.record(z.string(), z.int()), z.record(z.string(), z.number())],
    ['a tuple into a list', z.tuple([z.int(), z.number()]), z.array(z.number())],
    ['a narrower into a wider list', z.array(z.int()).min(2).max(3), z.array(z.number()).min(1)],
    [
      'one case into a discriminated union',
      z.object({ kind: z.literal('a'), n: z.int() }),
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a'), n: z.number() }),
        z.object({ kind: z.literal('b') }),
      ]),
    ],
    ['equal schemas that it does not understand', z.json(), z.json()],
  ])('%s', (_, from, to) => expect(fits(from, to)).toBe(true));

  it('schemas that differ in words only', () => {
    const words = { title: 'T', description: 'D', 'x-lookup': 'materials', default: 1 };
    expect(
      isAssignable(
        { type: 'object', properties: { a: { type: 'number', not: { const: 3 }, ...words } } },
        { type: 'object', properties: { a: { type: 'number', not: { const: 3 } } }, title: 'Other' },
      ),
    ).toBe(true);
  });
});

describe('isAssignable says no to', () => {
  it.each<[string, z.ZodType, z.ZodType]>([
    ['anything into something', z.unknown(), z.object({})],
    ['anything into optional properties without a type', z.any(), z.looseObject({ a: z.string().optional() })],
    ['a number into an integer', z.number(), z.int()],
    ['a wider range', z.number().min(0), z.number().min(1)],
    ['an inclusive bound at an exclusive one', z.number().min(0), z.number().gt(0)],
    ['more words', z.enum(['a', 'b', 'c']), z.enum(['a', 'b'])],
    ['text into words', z.string(), z.enum(['a'])],
    ['a nullable into a value', z.string().nullable(), z.string()],
    ['optional into required', z.object({ a: z.string().optional() }), z.object({ a: z.string() })],
    ['fewer properties into more', z.object({ a: z.string() }), z.object({ a: z.string(), b: z.number() })],
    ['an open record into an optional property', z.record(z.string(), z.int()), z.object({ a: z.string().optional() })],
    [
      'undeclared properties into a strict object',
      z.object({ a: z.int(), b: z.int() }),
      z.strictObject({ a: z.int() }),
    ],
    ['a list into a longer one', z.array(z.int()), z.array(z.int()).min(1)],
    ['text into another pattern', z.string().regex(/^a/), z.string().regex(/^b/)],
    [
      'an intersection whose other half does not fit',
      z.intersection(z.object({ a: z.int() }), z.object({ b: z.string() })),
      z.object({ a: z.int(), b: z.int().optional() }),
    ],
    [
      'an unproven union',
      z.object({ n: z.int() }),
      z.union([z.object({ n: z.string() }), z.object({ n: z.boolean() })]),
    ],
  ])('%s', (_, from, to) => expect(fits(from, to)).toBe(false));

  it('keywords it does not understand', () => {
    expect(isAssignable({ type: 'string' }, { type: 'string', not: { const: 'a' } })).toBe(false);
    expect(isAssignable({ $ref: '#/definitions/a' }, { type: 'string' })).toBe(false);
  });

  it('a value that fits two exclusive alternatives', () => {
    const either: JsonSchema = { oneOf: [{ type: 'integer' }, { type: 'number', minimum: 0 }] };
    expect(isAssignable({ type: 'integer' }, either)).toBe(false);
  });
});

/** Small schemas and, by chance, values that fit them. Objects are closed: what modules yield has no undeclared properties. */
const schema: fc.Arbitrary<JsonSchema> = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<JsonSchema>(
      { type: 'string' },
      { type: 'boolean' },
      { type: 'null' },
      { const: 'a' },
      { const: 1 },
    ),
    fc.constantFrom<JsonSchema>(
      { enum: ['a', 'b', 2] },
      { type: ['string', 'null'] },
      { type: 'string', maxLength: 1 },
    ),
    fc.record({ type: fc.constantFrom('number', 'integer'), minimum: fc.integer({ min: -1, max: 1 }) }),
    fc.record({ type: fc.constantFrom('number', 'integer'), exclusiveMaximum: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ type: fc.constant('array'), items: tie('schema'), maxItems: fc.integer({ min: 0, max: 2 }) }),
    fc.record({
      type: fc.constant('array'),
      items: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      additionalItems: fc.boolean(),
    }),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
    fc.record(
      {
        type: fc.constant('object'),
        properties: fc.dictionary(fc.constantFrom('a', 'b'), tie('schema'), { maxKeys: 2 }),
        required: fc.subarray(['a', 'b']),
        additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
      },
      { requiredKeys: ['type', 'properties', 'additionalProperties'] },
    ),
  ),
})).schema;

/** Pairs that are likely to fit: the second is the first with one constraint less, or as one case of a union. */
const pair: fc.Arbitrary<[JsonSchema, JsonSchema]> = fc.oneof(
  fc.tuple(schema, schema),
  fc.tuple(schema, schema).map(([one, other]): [JsonSchema, JsonSchema] => [one, { anyOf: [other, one] }]),
  fc.tuple(schema, fc.nat(5)).map(([one, n]): [JsonSchema, JsonSchema] => {
    const keywords = Object.keys(one);
    const { [keywords[n % keywords.length]!]: _, ...relaxed } = one;
    return [one, relaxed];
  }),
);

const value: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<JsonValue>('a', 'b', 'ab', '', 0, 1, 2, -1, 0.5, true, false, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

describe('isAssignable', () => {
  it('is never wrong when it says yes', () => {
    let yes = 0;
    fc.assert(
      fc.property(pair, fc.array(value, { minLength: 20, maxLength: 20 }), ([from, to], values) => {
        if (!isAssignable(from, to)) return;
        yes++;
        const [source, target] = [new Validator(from, '7'), new Validator(to, '7')];
        for (const one of values) {
          if (source.validate(one).valid) expect(target.validate(one).valid, JSON.stringify(one)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
    expect(yes).toBeGreaterThan(100);
  });

  it('lets every schema fit itself and anything', () => {
    fc.assert(
      fc.property(schema, (one) => {
        expect(isAssignable(one, structuredClone(one))).toBe(true);
        expect(isAssignable(one, true)).toBe(true);
        expect(isAssignable(false, one)).toBe(true);
      }),
    );
  });
});
