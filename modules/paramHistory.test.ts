import { describe, expect, it } from 'vitest';
import type { ProductionModule } from './define.js';
import type { JsonObject } from './json.js';
import recorded from './paramHistory.json' with { type: 'json' };
import { MODULES } from './registry.js';
import { upgradeParams } from './upgrades.js';

// paramHistory.json has the names of the params of every module, by the version from which on they were so. A new optional param is
// written there; one that is renamed or removed needs a new version, and an upgrade that says what becomes of it.
const HISTORY: Record<string, Record<string, string[]>> = recorded;

it('is kept of every module', () => {
  expect(Object.keys(HISTORY).sort()).toEqual(Object.keys(MODULES).sort());
});

describe.each(Object.entries<ProductionModule>(MODULES))('the params of %s', (key, module) => {
  const now = Object.keys(module.params.shape);
  const history = HISTORY[key] ?? {};

  it('are on record', () => {
    const versions = Object.keys(history).map(Number);
    expect(versions[0], 'modules/paramHistory.json has no version 1 of this module').toBe(1);
    expect(versions.at(-1)).toBeLessThanOrEqual(module.version);
    expect([...history[versions.at(-1)!]!].sort()).toEqual([...now].sort());
  });

  it.each(Object.entries(history))('of version %s are all there now or reported', (version, names) => {
    const { defaults } = module;
    // Of what no default is known, any value will do: what an upgrade cannot take it must report.
    const stored = Object.fromEntries(names.map((name) => [name, defaults[name] ?? `of ${name}`])) as JsonObject;
    const { params, origins, dropped } = upgradeParams(module, stored, Number(version));
    expect(now).toEqual(expect.arrayContaining(Object.keys(params)));
    const accounted = [...Object.values(origins).flat(), ...dropped.map(({ param }) => param)];
    expect([...new Set(accounted)].sort()).toEqual([...names].sort());
    for (const { reason } of dropped) expect(reason).not.toBe('');
  });
});
