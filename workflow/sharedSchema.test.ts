import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonSchema, JsonValue } from '../modules/json.js';
import { sharedSchema } from './sharedSchema.js';

const takes = ({ default: _, ...schema }: JsonSchema, value: JsonValue) =>
  z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema).safeParse(value).success;

describe('what several settings take together', () => {
  it.each<[string, JsonSchema[], JsonSchema | undefined]>([
    ['of one alone, itself', [{ type: 'string', title: 'A' }], { type: 'string', title: 'A' }],
    [
      'within the narrowest bounds, in the words of the first',
      [
        { type: 'number', minimum: 1, maximum: 100, title: 'Samples', default: 64 },
        { type: 'number', minimum: 0, maximum: 16, title: 'Rays', default: 1 },
        { type: 'number', minimum: 4 },
      ],
      { type: 'number', minimum: 4, maximum: 16, title: 'Samples', default: 64 },
    ],
    [
      'whole numbers where one takes no others',
      [
        { type: 'number', minimum: 0.5 },
        { type: 'integer', maximum: 9 },
      ],
      { type: 'integer', minimum: 0.5, maximum: 9 },
    ],
    [
      'the shortest text',
      [
        { type: 'string', maxLength: 20 },
        { type: 'string', minLength: 1, maxLength: 40 },
      ],
      { type: 'string', minLength: 1, maxLength: 20 },
    ],
    [
      'the choices all have',
      [
        { type: 'string', enum: ['a', 'b', 'c'] },
        { type: 'string', enum: ['c', 'b', 'd'] },
      ],
      { type: 'string', enum: ['b', 'c'] },
    ],
    [
      'the choices all have, by their titles',
      [
        {
          oneOf: [
            { const: 'a', title: 'A' },
            { const: 'b', title: 'B' },
          ],
        },
        { enum: ['b', 'c'] },
      ],
      { oneOf: [{ const: 'b', title: 'B' }] },
    ],
    [
      'groups part by part',
      [
        {
          type: 'object',
          properties: { w: { type: 'integer', maximum: 8 }, h: { type: 'integer' } },
          required: ['w'],
          additionalProperties: false,
        },
        {
          type: 'object',
          properties: { w: { type: 'integer', maximum: 4 }, h: { type: 'integer', minimum: 2 } },
          required: ['h'],
          additionalProperties: false,
        },
      ],
      {
        type: 'object',
        properties: { w: { type: 'integer', maximum: 4 }, h: { type: 'integer', minimum: 2 } },
        required: ['w', 'h'],
        additionalProperties: false,
      },
    ],
    ['nothing: other types', [{ type: 'string' }, { type: 'number' }], undefined],
    [
      'nothing: no common bounds',
      [
        { type: 'number', minimum: 32 },
        { type: 'number', maximum: 16 },
      ],
      undefined,
    ],
    ['nothing: no common choice', [{ enum: ['a'] }, { enum: ['b'] }], undefined],
    [
      'nothing: groups with other parts',
      [
        { type: 'object', properties: { w: { type: 'integer' } }, additionalProperties: false },
        { type: 'object', properties: { size: { type: 'integer' } }, additionalProperties: false },
      ],
      undefined,
    ],
    [
      'nothing: patterns that differ',
      [
        { type: 'string', pattern: '^a' },
        { type: 'string', pattern: 'b$' },
      ],
      undefined,
    ],
  ])('is %s', (_what, schemas, shared) => {
    expect(sharedSchema(schemas)).toEqual(shared);
  });

  it('is taken by each of them, and what each takes is in it', () => {
    const bound = fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined });
    const numbers = fc.record({
      type: fc.constantFrom('number', 'integer'),
      minimum: bound,
      maximum: bound,
      exclusiveMinimum: bound,
      exclusiveMaximum: bound,
      multipleOf: fc.constantFrom(undefined, 2, 3),
    });
    const texts = fc.record({ type: fc.constant('string'), minLength: bound, maxLength: bound });
    const choices = fc.record({ enum: fc.uniqueArray(fc.constantFrom<JsonValue>(1, 2, 'a', 'abc'), { minLength: 1 }) });
    const one = fc.oneof(numbers, texts, choices).map((schema) => JSON.parse(JSON.stringify(schema)) as JsonSchema);
    const group = one.map((part) => ({ type: 'object', properties: { part }, required: ['part'] }) as JsonSchema);
    const value = fc.oneof(fc.integer({ min: -1, max: 7 }), fc.constantFrom(0.5, 2.5, '', 'a', 'abc', 'abcdefgh'));
    fc.assert(
      fc.property(
        fc.oneof(fc.array(one, { minLength: 1, maxLength: 3 }), fc.array(group, { minLength: 1, maxLength: 3 })),
        fc.oneof(
          value,
          value.map((part) => ({ part })),
        ),
        (schemas, sent) => {
          const shared = sharedSchema(schemas);
          if (shared) expect(takes(shared, sent)).toBe(schemas.every((schema) => takes(schema, sent)));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
