import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../modules/define.js';
import { converted, removed, renamed } from '../modules/upgrades.js';
import { canonicalGraphJson } from './canonical.js';
import { resolveParams } from './invocation.js';
import { lookupIn } from './nodeDefinition.js';
import { anyGraph, graphOf } from './testGraphs.js';
import { testLookup } from './testModules.js';
import { openGraph, upgradeGraph } from './upgradeGraph.js';
import { applyFix, parseGraph, validateGraph } from './validate.js';

/** A light that was called `strength`, then measured in per cent, then lost its colour. */
const light = defineModule({
  key: 'test.light',
  version: 4,
  title: 'Light',
  description: 'Stands for something with a past.',
  families: ['cad_file'],
  inputs: {},
  outputs: {},
  params: z.object({
    power: z.number().min(0).max(100).default(50).meta({ title: 'Power', 'x-invocation': true }),
    size: z.object({ width: z.number().default(1), height: z.number().default(1) }).default({ width: 1, height: 1 }),
    /** Came later, without a new version. */
    spread: z.number().min(0).max(1).default(0.5),
  }),
  execution: { capability: 'cpu', determinism: 'pure', timeoutMs: 1000, retry: { attempts: 1, backoffMs: 0 } },
  legacySource: null,
  upgrades: {
    1: [
      renamed('strength', 'power'),
      converted(
        ['width', 'height'],
        ({ width = 1, height = 1 }) =>
          typeof width === 'number' && typeof height === 'number' ? { size: { width, height } } : null,
        'it was not a number',
      ),
    ],
    2: [
      converted(
        'power',
        ({ power }) => (typeof power === 'number' ? { power: power * 100 } : null),
        'it was not a number',
      ),
    ],
    3: [removed('colour', 'lights are white now')],
  },
  run: async () => ({}),
});
const lookup = lookupIn({
  light: { step: 'light', module: light, label: 'Light', description: '', category: 'cad', icon: 'sun', uiSchema: {} },
});
const old = (params: Record<string, unknown>, more: object = {}) =>
  graphOf('cad_file', { sun: { step: 'light', params, ...more } });

describe('upgradeGraph', () => {
  it('brings params to the version installed and says what became of each', () => {
    const graph = old({ strength: 0.4, width: 2, colour: '#fff' });
    const { graph: now, findings } = upgradeGraph(graph, lookup);
    expect(now.nodes[0]).toMatchObject({ version: 4, params: { power: 40, size: { width: 2, height: 1 } } });
    expect(findings).toEqual([
      {
        code: 'NODE_UPGRADED',
        severity: 'info',
        message:
          '“Light” was brought from version 1 of its module to 4: “width” became “Size”, “strength” became “Power”.',
        nodeId: 'sun',
        path: '/nodes/0',
        fix: expect.anything(),
      },
      {
        code: 'PARAM_DROPPED',
        severity: 'warning',
        message: '“Light”: the setting “colour” was dropped, because lights are white now.',
        nodeId: 'sun',
        path: '/nodes/0/params/colour',
        fix: expect.anything(),
      },
    ]);
    expect(validateGraph(now, lookup).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('gives fixes that make the stored graph the upgraded one', () => {
    const graph = old({ strength: 0.4, colour: '#fff' });
    const { graph: now, findings } = upgradeGraph(graph, lookup);
    for (const { fix } of findings) {
      expect(applyFix(graph, fix!)).toEqual(now);
      expect(applyFix(now, fix!)).toEqual(now);
    }
    expect(upgradeGraph(now, lookup)).toEqual({ graph: now, findings: [] });
  });

  it('begins at the version a node names', () => {
    expect(upgradeGraph(old({ power: 0.4 }, { version: 2 }), lookup).graph.nodes[0]!.params).toEqual({ power: 40 });
    expect(upgradeGraph(old({ power: 40 }, { version: 3 }), lookup).graph.nodes[0]!.params).toEqual({ power: 40 });
    expect(upgradeGraph(old({}), lookup)).toMatchObject({ graph: { nodes: [{ version: 4 }] }, findings: [] });
  });

  it('leaves wrong values to validation, and reports what it cannot convert', () => {
    expect(upgradeGraph(old({ strength: 'strong' }), lookup).findings).toMatchObject([
      { code: 'NODE_UPGRADED' },
      { code: 'PARAM_DROPPED', path: '/nodes/0/params/strength' },
    ]);
    const { graph } = upgradeGraph(old({ strength: 7 }), lookup);
    expect(validateGraph(graph, lookup).filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'PARAM_INVALID', path: '/nodes/0/params/power' },
    ]);
  });

  it('refuses what a newer installation made, with a way out', () => {
    const graph = old({ power: 10 }, { version: 9 });
    const { graph: same, findings } = upgradeGraph(graph, lookup);
    expect(same).toBe(graph);
    expect(findings).toMatchObject([{ code: 'NODE_VERSION_NEWER', severity: 'error', path: '/nodes/0/version' }]);
    expect(upgradeGraph(applyFix(graph, findings[0]!.fix!), lookup).findings).toEqual([]);
  });

  it('leaves graphs as they are, to the byte, where no module has a past', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        expect(openGraph(JSON.parse(JSON.stringify(graph)), testLookup)).toMatchObject({
          isUpgraded: false,
          findings: [],
        });
        expect(upgradeGraph(graph, testLookup).graph).toBe(graph);
      }),
    );
  });

  it('loses no value unreported, whatever a draft holds', () => {
    const params = fc.dictionary(
      fc.constantFrom('strength', 'power', 'width', 'height', 'size', 'colour', 'other'),
      fc.jsonValue({ maxDepth: 2 }),
    );
    fc.assert(
      fc.property(params, fc.integer({ min: 1, max: 4 }), (given, version) => {
        const { graph, findings } = upgradeGraph(old(given, { version }), lookup);
        const reported = findings.map(({ path }) => path);
        const now = graph.nodes[0]!.params;
        for (const name of Object.keys(given)) {
          const goesTo: Record<string, string> = { strength: 'power', width: 'size', height: 'size' };
          const isKept = Object.hasOwn(now, name) || Object.hasOwn(now, goesTo[name] ?? '');
          expect(isKept || reported.includes(`/nodes/0/params/${name}`), name).toBe(true);
        }
      }),
    );
  });
});

describe('the version of a node', () => {
  it('survives export and import, and is left out where it is 1', () => {
    const text = canonicalGraphJson(old({}, { version: 3 }));
    expect(canonicalGraphJson(parseGraph(JSON.parse(text)).graph!)).toBe(text);
    expect(JSON.parse(text).nodes[0].version).toBe(3);
    expect(canonicalGraphJson(old({}, { version: 1 }))).toBe(canonicalGraphJson(old({})));
  });

  it('must be a whole number from 1', () => {
    const graph = { ...old({}), nodes: [{ id: 'sun', step: 'light', version: 0 }] };
    const { findings } = parseGraph(graph);
    expect(findings).toMatchObject([{ code: 'GRAPH_FORM', path: '/nodes/0/version' }]);
    expect(parseGraph(applyFix(graph, findings[0]!.fix!)).findings).toEqual([]);
  });
});

describe('overrides of an output type', () => {
  it('still reach params that were renamed since', () => {
    const resolved = resolveParams(upgradeGraph(old({}), lookup).graph, lookup, { outputType: { strength: 0.25 } });
    expect(resolved.params.sun).toMatchObject({ power: 25 });
    expect(resolved.origins.sun).toMatchObject({ power: 'output_type' });
    expect(resolved.findings).toMatchObject([
      {
        code: 'OVERRIDE_RENAMED',
        severity: 'info',
        path: '/overrides/strength',
        message: expect.stringContaining('“Power”'),
      },
    ]);
  });

  it('are reported where nothing takes their place', () => {
    const { findings } = resolveParams(old({}), lookup, { outputType: { colour: '#fff' } });
    expect(findings).toMatchObject([{ code: 'OVERRIDE_UNUSED', path: '/overrides/colour' }]);
  });
});
