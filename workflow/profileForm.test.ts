import { expect, test } from 'vitest';
import type { JsonObject } from '../modules/json.js';
import { nodeDefinition } from './nodeDefinitions.js';
import { profileForm } from './profileForm.js';
import { openParams } from './reach.js';
import { STARTERS } from './starters/index.js';

const starter = (key: string) => STARTERS.find((each) => each.key === key)!.graph;
const form = (key: string, overrides = {}) => profileForm(starter(key), nodeDefinition, overrides);
const groupsOf = (uiSchema: JsonObject) =>
  uiSchema.elements as (JsonObject & { label: string; elements: JsonObject[] })[];
const scopesIn = ({ scope, elements = [] }: JsonObject): string[] =>
  typeof scope === 'string' ? [scope] : (elements as JsonObject[]).flatMap(scopesIn);

test('settings stand by the node that takes them, as in its own panel, what has most first', () => {
  const { uiSchema } = form('order_still');
  const groups = groupsOf(uiSchema);
  expect(groups.map(({ label }) => label)).toEqual([
    'Still',
    'Export GLB',
    'Material map',
    'Render template',
    'Publish',
  ]);
  expect(groups[0]!.elements.map(({ label }) => label)).toContain('Background');
  // A rule of the panel is kept where what it watches is there too.
  expect(JSON.stringify(groups[0])).toContain('"effect":"SHOW"');
});

test('what several nodes take stands once, under all their names', () => {
  const labels = groupsOf(form('order_all').uiSchema).map(({ label }) => label);
  expect(labels).toContain('Blender file, Still, Turntable');
  expect(labels).toContain('Still, Turntable');
});

test.each(STARTERS.map(({ key }) => key))('%s: every setting is there once, with what holds without it', (key) => {
  const { schema, uiSchema, defaults } = form(key, { samples: 7 });
  const names = openParams(starter(key), nodeDefinition);
  expect(Object.keys(schema.properties as object).sort()).toEqual([...names].sort());
  expect(scopesIn(uiSchema).sort()).toEqual(names.map((name) => `#/properties/${name}`).sort());
  if (names.includes('samples')) expect(defaults.samples).toBe(7);
});

test('many nodes that take the same are not all listed', () => {
  const graph = starter('order_still');
  const still = graph.nodes.find(({ step }) => step === 'blender_still')!;
  const many = ['two', 'three', 'four'].map((id) => ({ ...still, id, ui: { x: 0, y: 0, label: `View ${id}` } }));
  const { uiSchema } = profileForm({ ...graph, nodes: [...graph.nodes, ...many] }, nodeDefinition, {});
  expect(groupsOf(uiSchema)[0]!.label).toBe('Still, View four and 2 more');
});
