import { z } from 'zod';
import { artifactPort, dataPort, defineModule, type ProductionModule } from '../modules/define.js';
import { lookupIn, type NodeDefinition } from './nodeDefinition.js';
import { buildUiSchema } from './uiSchema.js';

/** Small modules for tests of the graph rules: each shows one thing a contract can say. They pass on what they get. */

const execution = {
  capability: 'cpu',
  determinism: 'pure',
  timeoutMs: 5_000,
  retry: { attempts: 2, backoffMs: 100 },
} as const;
const base = { version: 1, legacySource: null, execution } as const;
const both = ['cad_file', 'order_line'] as const;
const Total = z.object({ total: z.number() });

const source = defineModule({
  ...base,
  key: 'test.source',
  title: 'Source',
  description: 'Takes the STEP file from the entry.',
  families: both,
  inputs: { source: artifactPort('step_source', 'model/step', { description: 'STEP file.', entry: 'stepSource' }) },
  outputs: { step: artifactPort('step_source', 'model/step', { description: 'The same file.' }) },
  params: z.object({}),
  run: async (_ctx, { source }) => ({ step: source }),
});

const mesh = defineModule({
  ...base,
  key: 'test.mesh',
  title: 'Mesh',
  description: 'Stands for a tessellation.',
  families: both,
  inputs: { step: artifactPort('step_source', 'model/*', { description: 'STEP file.' }) },
  outputs: {
    glb: artifactPort('glb_model', 'model/gltf-binary', { description: 'Geometry.' }),
    draft: artifactPort('glb_model', 'model/gltf-binary', { description: 'Coarser geometry.', required: false }),
  },
  params: z.object({
    quality: z.enum(['draft', 'standard', 'fine']).default('standard').meta({ 'x-invocation': true }),
    deflectionMm: z.number().min(0.001).max(10).default(0.1),
  }),
  run: async (_ctx, { step }) => ({ glb: { ...step, role: 'glb_model' as const, mediaType: 'model/gltf-binary' } }),
});

const template = defineModule({
  ...base,
  key: 'test.template',
  title: 'Template',
  description: 'Takes the template library from the entry.',
  families: ['order_line'],
  inputs: {
    library: artifactPort('template_library', 'application/json', { description: 'All.', entry: 'templateLibrary' }),
  },
  outputs: { template: artifactPort('render_template', 'application/json', { description: 'One.' }) },
  params: z.object({ template: z.string().default('studio').meta({ 'x-invocation': true, 'x-lookup': 'templates' }) }),
  run: async (_ctx, { library }) => ({ template: { ...library, role: 'render_template' as const } }),
});

const render = defineModule({
  ...base,
  key: 'test.render',
  title: 'Render',
  description: 'Stands for a render.',
  families: ['order_line'],
  inputs: {
    glb: artifactPort('glb_model', 'model/gltf-binary', { description: 'Geometry.' }),
    template: artifactPort('render_template', 'application/json', { description: 'Set-up.' }),
  },
  outputs: { still: artifactPort('still_image', ['image/png', 'image/jpeg'], { description: 'Picture.' }) },
  params: z
    .object({
      samples: z.int().min(1).max(4096).default(64).meta({ 'x-invocation': true }),
      seed: z.int().min(0).max(1_000_000).default(0),
      background: z
        .discriminatedUnion('kind', [
          z.object({ kind: z.literal('transparent') }),
          z.object({ kind: z.literal('color'), hex: z.string().regex(/^#[0-9a-f]{6}$/, 'A colour like #ffffff.') }),
        ])
        .default({ kind: 'transparent' })
        .meta({ 'x-invocation': true }),
      format: z.enum(['png', 'jpeg']).default('png').meta({ 'x-invocation': true }),
    })
    .refine(({ format, background }) => format === 'png' || background.kind === 'color', {
      message: 'JPEG pictures cannot be transparent',
    }),
  run: async (_ctx, { glb }) => ({ still: { ...glb, role: 'still_image' as const, mediaType: 'image/png' } }),
});

const publish = defineModule({
  ...base,
  key: 'test.publish',
  title: 'Publish',
  description: 'Stands for a delivery.',
  families: ['order_line'],
  execution: { ...execution, determinism: 'effect', capability: 'io' },
  inputs: { source: artifactPort(['still_image', 'glb_model'], ['image/*', 'model/*'], { description: 'File.' }) },
  outputs: { asset: artifactPort('published_asset', 'image/png', { description: 'Delivered file.' }) },
  params: z.object({}),
  run: async (_ctx, { source }) => ({ asset: { ...source, role: 'published_asset' as const } }),
});

const notify = defineModule({
  ...base,
  key: 'test.notify',
  title: 'Notify',
  description: 'All of its inputs are optional.',
  families: both,
  execution: { ...execution, determinism: 'effect', capability: 'io' },
  inputs: {
    asset: artifactPort('published_asset', '*/*', { description: 'What to tell about.', required: false }),
    orderLine: dataPort(z.object({ id: z.string() }), { description: '.', required: false, entry: 'orderLine' }),
  },
  outputs: {},
  params: z.object({ samples: z.int().min(1).max(16).default(1).meta({ 'x-invocation': true }) }),
  run: async () => ({}),
});

const count = defineModule({
  ...base,
  key: 'test.count',
  title: 'Count',
  description: 'A source without any input.',
  families: both,
  inputs: {},
  outputs: { total: dataPort(Total, { description: 'Total.' }) },
  params: z.object({ start: z.number().default(1) }),
  run: async (_ctx, _inputs, { start }) => ({ total: { total: start } }),
});

const sum = defineModule({
  ...base,
  key: 'test.sum',
  title: 'Sum',
  description: 'Adds up any number of totals.',
  families: both,
  inputs: { totals: dataPort(Total, { description: 'Totals.', many: true }) },
  outputs: { total: dataPort(Total, { description: 'Sum.' }) },
  params: z.object({}),
  run: async (_ctx, { totals }) => ({ total: { total: totals.reduce((all, { total }) => all + total, 0) } }),
});

const label = defineModule({
  ...base,
  key: 'test.label',
  title: 'Label',
  description: 'Takes data of another shape.',
  families: both,
  inputs: { text: dataPort(z.object({ text: z.string() }), { description: 'Text.' }) },
  outputs: { text: dataPort(z.object({ text: z.string() }), { description: 'Text.' }) },
  params: z.object({}),
  run: async (_ctx, { text }) => ({ text }),
});

const totals = defineModule({
  ...base,
  key: 'test.totals',
  title: 'Totals',
  description: 'A source of many values.',
  families: both,
  inputs: { glb: artifactPort('glb_model', 'model/gltf-binary', { description: 'Geometry.', required: false }) },
  outputs: { totals: dataPort(Total, { description: 'Totals.', many: true }) },
  params: z.object({ from: z.int().default(0), to: z.int().default(1) }),
  execution: { ...execution, capability: 'blender' },
  run: async (_ctx, _inputs, { from, to }) => ({
    totals: Array.from({ length: to - from }, (_, i) => ({ total: from + i })),
  }),
});

const spread = defineModule({
  ...base,
  key: 'test.spread',
  title: 'Spread',
  description: 'Shares its totals out to parts.',
  families: both,
  inputs: {
    glb: artifactPort('glb_model', 'model/gltf-binary', { description: 'Geometry.', required: false }),
    gate: dataPort(Total, { description: 'Something only the whole waits for.', required: false }),
    totals: dataPort(Total, { description: 'Totals.', required: false, many: true }),
  },
  outputs: { total: dataPort(Total, { description: 'Sum.' }) },
  params: z.object({ until: z.int().min(1).max(50).default(6), perPart: z.int().min(1).max(50).default(2) }),
  fanOut: {
    module: totals,
    from: 'totals',
    into: 'totals',
    unit: 'totals',
    parts(params) {
      const { until, perPart } = params as { until: number; perPart: number };
      return Array.from({ length: Math.ceil(until / perPart) }, (_, i) => {
        const [from, to] = [i * perPart, Math.min(until, (i + 1) * perPart)];
        return { label: `Totals ${from}–${to - 1}`, size: to - from, params: { from, to } };
      });
    },
  },
  run: async (_ctx, { totals }) => ({ total: { total: (totals ?? []).reduce((all, { total }) => all + total, 0) } }),
});

export const TEST_MODULES = { source, mesh, template, render, publish, notify, count, sum, label, totals, spread };

function definition(step: string, module: ProductionModule): NodeDefinition {
  return {
    step,
    module,
    label: module.title,
    description: module.description,
    category: 'cad',
    icon: 'box',
    uiSchema: buildUiSchema(module.paramSchema),
  };
}

export const TEST_DEFINITIONS: Record<string, NodeDefinition> = Object.fromEntries(
  Object.entries(TEST_MODULES).map(([step, module]) => [step, definition(step, module)]),
);
export const testLookup = lookupIn(TEST_DEFINITIONS);
