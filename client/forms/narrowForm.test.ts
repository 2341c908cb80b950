import { expect, it } from 'vitest';
import { groupsOf, isFound, narrowForm } from './narrowForm.js';

const control = (name: string) => ({ type: 'Control', scope: `#/properties/${name}` });
const ui = {
  type: 'VerticalLayout',
  elements: [
    {
      type: 'Group',
      label: 'Still',
      elements: [
        control('samples'),
        { type: 'Group', label: 'Camera', elements: [control('lens')], options: { collapsed: true } },
      ],
    },
    { type: 'Group', label: 'Publish', elements: [control('file~1name')] },
  ],
};

it('knows the groups and what is in them', () => {
  expect(groupsOf(ui).map(({ label, names }) => [label, names])).toEqual([
    ['Still', ['samples', 'lens']],
    ['Publish', ['file/name']],
  ]);
});

it('keeps what is wanted, and drops groups with nothing left', () => {
  const left = narrowForm(
    ui,
    (name) => name === 'lens',
    () => true,
  );
  expect(groupsOf(left).map(({ label, names }) => [label, names])).toEqual([['Still', ['lens']]]);
});

it('opens the groups that it is told to, inner ones too', () => {
  const left = narrowForm(
    ui,
    () => true,
    (names) => names.includes('lens'),
  );
  expect(left.elements).toMatchObject([
    { options: { collapsed: false }, elements: [{}, { options: { collapsed: false } }] },
    { options: { collapsed: true } },
  ]);
});

it('finds settings by name, title, help and group', () => {
  const schema = { title: 'Quality', description: 'More give less grain.' };
  for (const search of ['', 'SAMP', 'quali', 'grain', 'still'])
    expect(isFound(search, 'samples', schema, 'Still')).toBe(true);
  expect(isFound('lens', 'samples', schema, 'Still')).toBe(false);
});
