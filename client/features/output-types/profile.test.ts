import { expect, it } from 'vitest';
import { boundsSchema, pruned } from './profile.js';

it('asks for bounds of numbers and choices, also inside of groups, and not of switches', () => {
  const number = { type: 'integer', minimum: 1, maximum: 9 };
  const bounds = boundsSchema({ type: 'object', properties: { width: number, unit: { type: 'boolean' } } });
  expect(bounds).toMatchObject({
    properties: {
      properties: {
        properties: { width: { properties: { minimum: { minimum: 1, maximum: 9 }, maximum: { type: 'integer' } } } },
      },
    },
  });
  expect(JSON.stringify(bounds)).not.toContain('unit');
  const titled = [{ const: 'png', title: 'PNG' }, { const: 'exr' }];
  expect(boundsSchema({ anyOf: titled })).toMatchObject({ properties: { enum: { items: { oneOf: titled } } } });
  expect(boundsSchema({ type: 'string', 'x-lookup': 'renderTemplates' })).toMatchObject({
    properties: { enum: { uniqueItems: true, items: { 'x-lookup': 'renderTemplates' } } },
  });
  expect(boundsSchema({ type: 'boolean' })).toBeNull();
  expect(boundsSchema({ type: 'object', properties: { on: { type: 'boolean' } } })).toBeNull();
});

it('asks how long texts and lists may be, within what the module allows, and which colours', () => {
  expect(boundsSchema({ type: 'string', minLength: 1, maxLength: 63 })).toEqual({
    type: 'object',
    properties: {
      minLength: { type: 'integer', title: 'At least (characters)', minimum: 1, maximum: 63 },
      maxLength: { type: 'integer', title: 'At most (characters)', minimum: 1, maximum: 63 },
    },
  });
  expect(boundsSchema({ type: 'array', maxItems: 8, items: { type: 'object' } })).toEqual({
    type: 'object',
    properties: {
      minItems: { type: 'integer', title: 'At least (entries)', minimum: 0, maximum: 8 },
      maxItems: { type: 'integer', title: 'At most (entries)', minimum: 0, maximum: 8 },
    },
  });
  const color = { type: 'string', format: 'color', pattern: '^#[0-9a-f]{6}$' };
  expect(boundsSchema(color)).toMatchObject({ properties: { enum: { title: 'Only', items: color } } });
});

it('keeps what was said, not what was left empty', () => {
  expect(pruned({ minimum: 2, maximum: undefined, properties: { width: {} }, enum: [] })).toEqual({ minimum: 2 });
  expect(pruned({ enum: ['png'] })).toEqual({ enum: ['png'] });
});
