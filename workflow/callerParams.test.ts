import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../modules/define.js';
import { ArtifactContract } from '../modules/shapes/artifactContract.js';
import { type CallerParams, callerForm, callerIssues } from './callerParams.js';
import { contractIssues, deliverables } from './deliverables.js';
import { effectiveParams } from './effectiveParams.js';
import { resolveParams } from './invocation.js';
import { lookupIn } from './nodeDefinition.js';
import { nodeDefinition } from './nodeDefinitions.js';
import { STARTERS } from './starters/index.js';
import { orderGraph } from './testGraphs.js';
import { TEST_DEFINITIONS, TEST_MODULES, testLookup } from './testModules.js';

const { graph } = STARTERS.find(({ key }) => key === 'order_still')!;
const form = (callerParams: CallerParams, overrides = {}) =>
  callerForm(graph, nodeDefinition, { overrides, callerParams });

/** Takes words under a name under which others take numbers. */
const wordy = defineModule({
  ...TEST_MODULES.notify.spec,
  key: 'test.wordy',
  params: z.object({ samples: z.string().default('few').meta({ 'x-invocation': true }) }),
  run: TEST_MODULES.notify.spec.run as never,
});

/** Takes any short text under a name under which others offer choices. */
const formatted = defineModule({
  ...TEST_MODULES.mesh.spec,
  key: 'test.formatted',
  params: z.object({ format: z.string().max(10).default('glb').meta({ 'x-invocation': true }) }),
  run: TEST_MODULES.mesh.spec.run as never,
});

test('one schema says what callers may set, within tighter bounds, and what applies otherwise', () => {
  const { schema, defaults, uiSchema, issues } = form(
    {
      samples: { maximum: 64 },
      format: { enum: ['png', 'webp'] },
      resolution: { properties: { width: { maximum: 2048 } } },
    },
    { samples: 32 },
  );
  expect(issues).toEqual([]);
  expect(schema).toMatchObject({
    additionalProperties: false,
    properties: {
      samples: { type: 'integer', minimum: 1, maximum: 64, default: 32 },
      format: { oneOf: [{ const: 'png' }, { const: 'webp' }] },
      resolution: { properties: { width: { minimum: 16, maximum: 2048 }, height: { maximum: 8192 } } },
    },
  });
  expect(defaults).toMatchObject({ samples: 32, format: 'png', resolution: { width: 1024 } });
  expect(JSON.stringify(uiSchema)).toContain('#/properties/samples');
});

test.each<[string, CallerParams, object, string]>([
  ['a param that no node takes', { colour: {} }, {}, '/callerParams/colour'],
  ['a bound outside the module’s own', { samples: { maximum: 9999 } }, {}, '/callerParams/samples/maximum'],
  ['bounds with nothing between', { samples: { minimum: 9, maximum: 8 } }, {}, '/callerParams/samples/minimum'],
  ['a bound of another type', { samples: { maxLength: 3 } }, {}, '/callerParams/samples/maxLength'],
  ['a choice there is not', { format: { enum: ['gif', 'png'] } }, {}, '/callerParams/format/enum/0'],
  [
    'a part there is not',
    { resolution: { properties: { depth: {} } } },
    {},
    '/callerParams/resolution/properties/depth',
  ],
  ['bounds that leave out its own value', { samples: { maximum: 16 } }, { samples: 32 }, '/callerParams/samples'],
])('%s is said at its place', (_what, callerParams, overrides, path) => {
  expect(form(callerParams, overrides).issues.map((issue) => issue.path)).toEqual([path]);
});

describe('a name that several nodes share', () => {
  const shared = orderGraph();
  const formOf = (callerParams: CallerParams, overrides = {}, lookup = testLookup) =>
    callerForm(shared, lookup, { overrides, callerParams });

  test('takes what each of them takes, in whatever order they stand', () => {
    for (const nodes of [shared.nodes, shared.nodes.toReversed()]) {
      const form = callerForm({ ...shared, nodes }, testLookup, { overrides: {}, callerParams: { samples: {} } });
      expect(form.issues).toEqual([]);
      expect(form.schema.properties).toMatchObject({ samples: { type: 'integer', minimum: 1, maximum: 16 } });
      expect(callerIssues(form, { samples: 17 })).toHaveLength(1);
    }
  });

  test('has no value that applies otherwise, where each has its own', () => {
    expect(formOf({ samples: {} }).defaults).toEqual({});
    expect(formOf({ samples: {} }, { samples: 8 })).toMatchObject({
      defaults: { samples: 8 },
      schema: { properties: { samples: { default: 8 } } },
    });
    expect(formOf({ 'still.samples': {} }).defaults).toEqual({ 'still.samples': 64 });
  });

  test('is refused where no value suits all of them, with a way out', () => {
    const lookup = lookupIn({ ...TEST_DEFINITIONS, notify: { ...TEST_DEFINITIONS.notify!, module: wordy } });
    const form = formOf({ samples: {} }, {}, lookup);
    expect(form.schema.properties).toEqual({});
    expect(form.issues).toEqual([
      {
        path: '/callerParams/samples',
        message:
          'No value of “samples” suits “Render” and “Notify” alike. Let callers set one node alone: “still.samples”, “notify.samples”.',
      },
    ]);
    expect(formOf({ 'still.samples': {}, 'notify.samples': {} }, {}, lookup).issues).toEqual([]);
    expect(formOf({ samples: { minimum: 32 } }).issues.map(({ path }) => path)).toEqual([
      '/callerParams/samples/minimum',
    ]);
  });

  test('whose values one of them offers as choices reaches that one with these alone', () => {
    const lookup = lookupIn({ ...TEST_DEFINITIONS, mesh: { ...TEST_DEFINITIONS.mesh!, module: formatted } });
    const form = formOf({ format: {} }, {}, lookup);
    expect(form.issues).toEqual([]);
    expect(callerIssues(form, { format: 'any text' })).toEqual([]);
    expect(callerIssues(form, { format: 'far too long a text' })).toHaveLength(1);
    const { params } = resolveParams(shared, lookup, { orderLine: { format: 'any text' } });
    expect([params.mesh!.format, params.still!.format]).toEqual(['any text', 'png']);
  });
});

test('callers may set what is theirs, and nothing else', () => {
  const allowed = form({ samples: { maximum: 128 }, resolution: { properties: { width: { maximum: 2048 } } } });
  expect(callerIssues(allowed, { samples: 64, resolution: { width: 64, height: 64 } })).toEqual([]);
  expect(callerIssues(allowed, { samples: 500, engine: 'eevee', resolution: { width: 4096, height: 64 } })).toEqual([
    { path: '/options/samples', message: '“Samples” must be at most 128, not 500.' },
    { path: '/options/engine', message: '“engine” cannot be set in orders of this output type.' },
    { path: '/options/resolution/width', message: '“Resolution › width” must be at most 2048, not 4096.' },
  ]);
});

test('every effective value knows its layer, and what it would be without it', () => {
  const changed = {
    ...graph,
    nodes: graph.nodes.map((node) => (node.id === 'still' ? { ...node, params: { samples: 48 } } : node)),
  };
  const param = (name: string, layers: object) => {
    const { value, origin, without } = effectiveParams(changed, nodeDefinition, layers).find(
      (one) => one.nodeId === 'still' && one.name === name,
    )!;
    return [value, origin, without];
  };
  const layers = { outputType: { samples: 32 }, orderLine: { samples: 16 } };
  expect(param('samples', layers)).toEqual([16, 'order_line', 32]);
  expect(param('samples', { outputType: { samples: 32 } })).toEqual([32, 'output_type', 48]);
  expect(param('samples', {})).toEqual([48, 'node', 64]);
  expect(param('format', layers)).toEqual(['png', 'module_default', null]);
});

test('a contract is held against what the workflow can deliver', () => {
  const issues = (kind: string, contract: object, overrides = {}) =>
    contractIssues(
      deliverables(graph, nodeDefinition, { outputType: overrides }),
      kind,
      ArtifactContract.parse(contract),
    ).map(({ path }) => path);
  expect(issues('still_image', { mediaTypes: ['image/png'], widthPx: { max: 1024 }, transparent: false })).toEqual([]);
  expect(issues('turntable_video', {})).toEqual(['/artifactKind']);
  expect(issues('still_image', { mediaTypes: ['image/png'] }, { format: 'webp' })).toEqual(['/contract/mediaTypes']);
  expect(issues('still_image', { widthPx: { min: 2048 }, transparent: true, count: { min: 2 } })).toEqual([
    '/contract/widthPx',
    '/contract/transparent',
    '/contract/count/min',
  ]);
});
