import { expect, it } from 'vitest';
import { boundsSchema, pruned } from './profile.js';

it('asks for bounds of numbers, also inside of groups, and of nothing else', () => {
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
  expect(boundsSchema({ type: 'object', properties: { name: { type: 'string' } } })).toBeNull();
});

it('keeps what was said, not what was left empty', () => {
  expect(pruned({ minimum: 2, maximum: undefined, properties: { width: {} }, enum: [] })).toEqual({
    minimum: 2,
    enum: [],
  });
});
