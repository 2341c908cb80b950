import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from './json.js';
import { converted, type ParamChange, removed, renamed, type Upgrades, upgradeParams } from './upgrades.js';

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', '__proto__', 'constructor');
const values = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>;
const params: fc.Arbitrary<JsonObject> = fc
  .array(fc.tuple(names, values), { maxLength: 6 })
  .map((entries) => Object.fromEntries(entries) as JsonObject);

const conversions: ((taken: JsonObject) => JsonObject | null)[] = [
  (taken) => ({ whole: taken }),
  (taken) => taken,
  () => ({}),
  () => null,
  () => {
    throw new TypeError('not what was expected');
  },
];
const change: fc.Arbitrary<ParamChange> = fc.oneof(
  fc.tuple(names, names).map(([from, to]) => renamed(from, to)),
  names.map((name) => removed(name, 'it is gone')),
  fc
    .tuple(fc.uniqueArray(names, { minLength: 1, maxLength: 3 }), fc.constantFrom(...conversions))
    .map(([from, convert]) => converted(from, convert, 'it does not fit')),
);
const upgrades: fc.Arbitrary<Upgrades> = fc.dictionary(
  fc.constantFrom('1', '2', '3'),
  fc.array(change, { maxLength: 4 }),
);

describe('upgradeParams', () => {
  it('is total, and loses no value unreported', () => {
    fc.assert(
      fc.property(upgrades, params, fc.integer({ min: 1, max: 4 }), (chain, given, from) => {
        const { params: now, origins, dropped } = upgradeParams({ version: 4, upgrades: chain }, given, from);
        const accounted = new Set([...Object.values(origins).flat(), ...dropped.map(({ param }) => param)]);
        expect([...accounted].sort()).toEqual(Object.keys(given).sort());
        expect(Object.keys(origins).sort()).toEqual(Object.keys(now).sort());
        for (const [name, from] of Object.entries(origins))
          expect(from.length, `${name} comes from somewhere`).toBeGreaterThan(0);
        expect(dropped.every(({ reason }) => reason.length > 0)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('leads to the same place in one go and step by step', () => {
    fc.assert(
      fc.property(upgrades, params, (chain, given) => {
        const whole = upgradeParams({ version: 4, upgrades: chain }, given, 1).params;
        const half = upgradeParams({ version: 2, upgrades: chain }, given, 1).params;
        expect(upgradeParams({ version: 4, upgrades: chain }, half, 2).params).toEqual(whole);
      }),
    );
  });

  it('leaves params alone that no change names, and does not touch what it was given', () => {
    const given = { size: { width: 2 }, keep: [1] };
    const widen = (old: JsonObject) => ({ size: Object.assign(old.size as JsonObject, { width: 9 }) });
    const chain = { 1: [converted('size', widen, '')] };
    expect(upgradeParams({ version: 2, upgrades: chain }, given, 1).params).toEqual({ keep: [1], size: { width: 9 } });
    expect(given).toEqual({ size: { width: 2 }, keep: [1] });
  });

  it('keeps what stands under the new name already, and says so', () => {
    const module = { version: 2, upgrades: { 1: [renamed('samples', 'quality')] } };
    expect(upgradeParams(module, { samples: 1, quality: 2 }, 1)).toEqual({
      params: { quality: 2 },
      origins: { quality: ['quality'] },
      dropped: [{ param: 'samples', reason: '“quality” is set as well', isPart: false }],
    });
  });

  it('says so as well where only a part of what a param becomes is set already', () => {
    const split = ({ size }: JsonObject) => ({ width: size!, height: size! });
    const module = { version: 2, upgrades: { 1: [converted('size', split, '')] } };
    expect(upgradeParams(module, { size: 4, height: 2 }, 1)).toEqual({
      params: { height: 2, width: 4 },
      origins: { height: ['height'], width: ['size'] },
      dropped: [{ param: 'size', reason: '“height” is set as well', isPart: true }],
    });
  });

  it('reports under the name a value was stored with, however often it was renamed since', () => {
    const module = {
      version: 4,
      upgrades: { 1: [renamed('a', 'b')], 2: [renamed('b', 'c')], 3: [removed('c', 'why')] },
    };
    expect(upgradeParams(module, { a: 1 }, 1).dropped).toEqual([{ param: 'a', reason: 'why', isPart: false }]);
    expect(upgradeParams(module, { a: 1 }, 2)).toMatchObject({ params: { a: 1 }, dropped: [] });
  });
});
