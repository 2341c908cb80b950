import { expect, it } from 'vitest';
import { boundsSchema, pruned } from './profile.js';

it('asks for bounds of numbers and choices, also inside of groups, and of nothing else', () => {
  const number = { type: 'integer', minimum: 1, maximum: 9 };
  const bounds = boundsSchema({ type: 'object', properties: { width: number, unit: { type: 'string' } } });
  expect(bounds).toMatchObject({
    properties: {
      properties: {
        properties: { width: { properties: { minimum: { minimum: 1, maximum: 9 }, maximum: { type: 'integer' } } } },
      },
    },
  });
  expect(JSON.stringify(bounds)).not.toContain('unit');
  expect(boundsSchema({ type: 'string' })).toBeNull();
  const titled = [{ const: 'png', title: 'PNG' }, { const: 'exr' }];
  expect(boundsSchema({ anyOf: titled })).toMatchObject({ properties: { enum: { items: { oneOf: titled } } } });
  expect(boundsSchema({ type: 'string', 'x-lookup': 'renderTemplates' })).toMatchObject({
    properties: { enum: { uniqueItems: true, items: { 'x-lookup': 'renderTemplates' } } },
  });
  expect(boundsSchema({ type: 'object', properties: { name: { type: 'string' } } })).toBeNull();
});

it('keeps what was said, not what was left empty', () => {
  expect(pruned({ minimum: 2, maximum: undefined, properties: { width: {} }, enum: [] })).toEqual({ minimum: 2 });
  expect(pruned({ enum: ['png'] })).toEqual({ enum: ['png'] });
});
