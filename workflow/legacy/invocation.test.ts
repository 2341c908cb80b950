import { describe, expect, it } from 'vitest';
import { addressedBySteps } from './address.js';
import { type LegacyRequest, legacyParams } from './invocation.js';

const request = (more: Partial<LegacyRequest>): LegacyRequest => ({
  ...{ artifactKind: 'still_image', settings: {}, overrides: {}, options: {} },
  ...more,
});

describe('the params of the legacy pipeline', () => {
  it('are set for one step alone by its name, over the plain name of the same layer', () => {
    const { params, findings } = legacyParams(
      request({ settings: { samples: 8 }, overrides: { samples: 16, 'blender_still.samples': 32 } }),
    );
    expect(params.blender_still).toMatchObject({ samples: 32 });
    expect(findings).toEqual([]);
  });

  it('are set by the order line over what the output type says of one step', () => {
    const { params } = legacyParams(request({ overrides: { 'blender_still.samples': 32 }, options: { samples: 4 } }));
    expect(params.blender_still).toMatchObject({ samples: 4 });
  });

  it('say where a value of one step is wrong, and which one no step takes', () => {
    const { findings } = legacyParams(
      request({
        overrides: { 'blender_still.samples': 0, 'still.samples': 3 },
        options: { 'blender_still.nothing': 1 },
      }),
    );
    expect(findings.map(({ code, severity, path }) => [code, severity, path])).toEqual([
      ['LEGACY_OVERRIDE_INVALID', 'error', '/overrides/blender_still.samples'],
      ['LEGACY_OVERRIDE_UNUSED', 'warning', '/overrides/still.samples'],
      ['LEGACY_OVERRIDE_UNUSED', 'warning', '/options/blender_still.nothing'],
    ]);
  });
});

describe('names of nodes', () => {
  const node = (id: string, step: string) => ({ id, step });
  const graph = { nodes: [node('hero', 'blender_still'), node('a', 'notify'), node('b', 'notify')] };

  it('become those of their steps, where there is one of the kind', () => {
    const values = { 'hero.samples': 4, 'a.channel': 'email', 'other.samples': 2, samples: 1 };
    expect(addressedBySteps(values, graph)).toEqual({
      'blender_still.samples': 4,
      'a.channel': 'email',
      'other.samples': 2,
      samples: 1,
    });
  });

  it('stay where the step is named as well, or the graph cannot be read', () => {
    const both = { 'hero.samples': 4, 'blender_still.samples': 8 };
    expect(addressedBySteps(both, graph)).toEqual(both);
    for (const broken of [null, {}, { nodes: 'x' }]) expect(addressedBySteps(both, broken)).toEqual(both);
  });
});
