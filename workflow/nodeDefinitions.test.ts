import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../modules/define.js';
import type { JsonObject } from '../modules/json.js';
import { MODULES } from '../modules/registry.js';
import { familyDefinition, hasEntrySlot } from './families.js';
import { definitionsOfFamily } from './nodeDefinition.js';
import { NODE_DEFINITIONS, nodeDefinition } from './nodeDefinitions.js';
import { checkParams, invocationParamsOf } from './params.js';

const all = Object.values(NODE_DEFINITIONS);

function scopesOf(uiSchema: JsonObject): string[] {
  const inner = ((uiSchema.elements ?? []) as JsonObject[]).flatMap(scopesOf);
  return typeof uiSchema.scope === 'string' ? [uiSchema.scope, ...inner] : inner;
}

describe('node definitions', () => {
  it('offer every registered module, but for those that only run as parts of another', () => {
    const parts = new Set(all.map(({ module }) => module.fanOut?.module.key));
    expect(new Set(all.map(({ module }) => module.key))).toEqual(
      new Set(Object.keys(MODULES).filter((key) => !parts.has(key))),
    );
  });

  it.each(all.map((definition) => [definition.step, definition] as const))('%s is complete', (step, definition) => {
    const { module, label, description, category, icon, uiSchema } = definition;
    expect(nodeDefinition(step)).toBe(definition);
    expect([label, description, icon].every((text) => text.length > 2)).toBe(true);
    for (const family of module.families) {
      expect(familyDefinition(family).paletteGroups.map(({ key }) => key)).toContain(category);
    }
    const params = Object.keys((module.paramSchema.properties ?? {}) as JsonObject);
    expect(scopesOf(uiSchema).sort()).toEqual(params.map((name) => `#/properties/${name}`).sort());
    expect(checkParams(module, {})).toEqual({ ok: true, params: module.defaults });
  });

  it('give overrides of one name one meaning', () => {
    const types = new Map<string, string>();
    for (const { module } of all) {
      const properties = (module.paramSchema.properties ?? {}) as Record<string, JsonObject>;
      for (const name of invocationParamsOf(module)) {
        const type = String(properties[name]!.type);
        expect(types.get(name) ?? type, `${name} of ${module.key}`).toBe(type);
        types.set(name, type);
      }
    }
  });

  it('can start in every family that may use them, or be connected', () => {
    for (const family of FAMILIES) {
      for (const { step, module } of definitionsOfFamily(all, family)) {
        for (const [port, { required, entry }] of Object.entries(module.inputContract)) {
          if (!required || entry === null) continue;
          expect(hasEntrySlot(family, entry), `${step}.${port} in ${family}`).toBe(true);
        }
      }
    }
  });

  it('are listed by family', () => {
    expect(definitionsOfFamily(all)).toEqual(all);
    for (const family of FAMILIES) {
      expect(definitionsOfFamily(all, family)).toEqual(all.filter(({ module }) => module.families.includes(family)));
    }
  });

  it('are not found by names that every object has', () => {
    expect(nodeDefinition('constructor')).toBeUndefined();
    expect(nodeDefinition('__proto__')).toBeUndefined();
  });
});
