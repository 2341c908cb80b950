import { expect, it } from 'vitest';
import { plainData, safeData, safeSchema, safeUiSchema } from './dottedNames.js';

it('keeps a dot in a name from being taken for a way into an object, and gives it back', () => {
  const schema = { type: 'object', properties: { 'still.samples': { type: 'integer' }, camera: { type: 'object' } } };
  const [dotted] = Object.keys(safeSchema(schema).properties!);
  expect(dotted).not.toContain('.');
  const layout = { type: 'Group', elements: [{ type: 'Control', scope: '#/properties/still.samples' }] };
  expect(safeUiSchema(layout)).toMatchObject({ elements: [{ scope: `#/properties/${dotted}` }] });
  const data = { 'still.samples': 4, camera: { 'a.b': 1 } };
  expect(safeData(data)).toEqual({ [dotted!]: 4, camera: { 'a.b': 1 } });
  expect(plainData(safeData(data))).toEqual(data);
});
