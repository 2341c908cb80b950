import { readFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { Material, MaterialRule } from '../shapes/materials.js';
import { type RuleBook, ruleBook } from './materialRules.js';

async function seed<S extends z.ZodType>(name: string, schema: S): Promise<z.output<S>> {
  return schema.parse(JSON.parse(await readFile(new URL(`../../prisma/seed/${name}`, import.meta.url), 'utf8')));
}

let materials: Material[];
let rules: MaterialRule[];
let ruleFor: RuleBook;
beforeAll(async () => {
  materials = await seed('materials.json', z.array(Material));
  rules = await seed('materialRules.json', z.array(MaterialRule));
  ruleFor = ruleBook(rules, null);
});

it('names every material once, in snake case, and every rule uses one of them', () => {
  const names = materials.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
  expect(rules.filter(({ material }) => !names.includes(material))).toEqual([]);
});

it('gives no two rules the same priority, so they can never conflict', () => {
  expect(new Set(rules.map(({ priority }) => priority)).size).toBe(rules.length);
});

it.each([
  ['Outer Ring', 'ring'],
  ['Innenring', 'ring'],
  ['Außenring 6205', 'ring'],
  ['Ball', 'ball'],
  ['Stahlkugel', 'ball'],
  ['Zylinderrolle', 'rolling_element'],
  ['Cage', 'cage'],
  ['Kugelkäfig', 'cage'],
  ['KUGELKAEFIG', 'cage'],
  ['Seal', 'seal'],
  ['O-Ring 20x2', 'seal'],
  ['Dichtscheibe', 'seal'],
  ['Housing P205', 'housing'],
  ['Lagergehäuse', 'housing'],
  ['Flanged Shaft 3in', 'shaft'],
  ['Antriebswelle', 'shaft'],
  ['Hex Bolt M10x35', 'bolt'],
  ['Sechskantschraube', 'bolt'],
  ['Nut M12', 'nut'],
  ['Sechskantmutter', 'nut'],
  ['Unterlegscheibe', 'washer'],
  ['Druckfeder', 'spring'],
  ['Roller Tube', 'tube'],
  ['Roller Shaft', 'shaft'],
  ['End Cap', 'cap'],
  ['Side Profile', 'profile'],
  ['Leg', 'frame'],
  ['Foot', 'foot'],
  ['Bearing', null],
  ['Nutzlast', null],
  ['Balloon whisk', null],
])('knows what "%s" is: %s', (name, id) => {
  expect(ruleFor({ name, color: null })?.id ?? null).toBe(id);
});
