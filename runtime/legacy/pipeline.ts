import { z } from 'zod';
import type { ArtifactRef } from '../../modules/artifacts.js';
import type { ModuleContext } from '../../modules/context.js';
import { artifactPort, dataPort, defineModule, type Ports, type PortValues } from '../../modules/define.js';
import { EntryOrderLine, EntryOutputType, EntryProduct } from '../../modules/entry.js';
import { ModuleError } from '../../modules/errors.js';
import type { JsonObject } from '../../modules/json.js';
import { MODULES } from '../../modules/registry.js';
import { LEGACY_FAMILY } from '../../workflow/families.js';
import { LEGACY_KINDS, type LegacyKind, legacyParams } from '../../workflow/legacy/invocation.js';
import { LegacyStepRecord, LegacySteps } from './steps.js';

const bag = z.record(z.string(), z.json()).default({});

const Settings = z.object({
  artifactKind: z
    .enum(LEGACY_KINDS as [LegacyKind, ...LegacyKind[]])
    .default('still_image')
    .meta({
      title: 'Kind',
      description: 'What is delivered.',
    }),
  settings: bag.meta({ title: 'Legacy settings', description: 'Render settings of the old world, word for word.' }),
  overrides: bag.meta({ title: 'Overrides', description: 'Of the output type.' }),
  options: bag.meta({ title: 'Options', description: 'Of the order line.' }),
});
export type LegacySettings = z.output<typeof Settings>;

const entryPorts = {
  source: MODULES['cad.resolve_step_path'].spec.inputs.source,
  materialLibrary: MODULES['materials.resolve_map'].spec.inputs.materialLibrary,
  templateLibrary: MODULES['render.resolve_template'].spec.inputs.templateLibrary,
  product: dataPort(EntryProduct, { description: 'The product.', required: false, entry: 'product' }),
  orderLine: dataPort(EntryOrderLine, { description: 'The order line.', required: false, entry: 'orderLine' }),
  outputType: dataPort(EntryOutputType, { description: 'What was sold.', required: false, entry: 'outputType' }),
} satisfies Ports;
/** Everything a run of the pipeline reads: the slots of an order line's entry. */
type LegacyEntry = PortValues<typeof entryPorts>;

const optional = { required: false } as const;
const still = MODULES['render.blender_still'].spec.outputs.still;
const film = MODULES['render.blender_turntable'].spec.outputs;
const published = MODULES['output.publish_asset'].spec.outputs;
/** What every step made, by the names the modules give it. */
const outputPorts = {
  step: MODULES['cad.resolve_step_path'].spec.outputs.step,
  objects: { ...MODULES['cad.extract_objects'].spec.outputs.objects, ...optional },
  glb: MODULES['cad.export_glb'].spec.outputs.glb,
  bbox: { ...MODULES['cad.compute_bbox'].spec.outputs.bbox, ...optional },
  map: { ...MODULES['materials.resolve_map'].spec.outputs.map, ...optional },
  template: { ...MODULES['render.resolve_template'].spec.outputs.template, ...optional },
  still: artifactPort('still_image', still.mediaTypes, { description: still.description, required: false }),
  video: artifactPort('turntable_video', film.video.mediaTypes, {
    description: film.video.description,
    required: false,
  }),
  blend: { ...MODULES['render.export_blend'].spec.outputs.blend, ...optional },
  thumbnail: { ...MODULES['cad.render_thumbnail'].spec.outputs.thumbnail, ...optional },
  asset: published.asset,
  files: published.files,
  receipt: MODULES['output.notify'].spec.outputs.receipt,
  steps: dataPort(z.array(LegacyStepRecord), { description: 'What the pipeline did, in its order.' }),
} satisfies Ports;
export type LegacyOutputs = PortValues<typeof outputPorts>;

/** The old linear pipeline: the production modules in their order, in one go, without a graph. It knows nothing of workflows, so it
 * works when they do not.
 * @throws {ModuleError} `LEGACY_SETTINGS_INVALID`, and whatever the modules throw. */
async function runLegacyPipeline(
  ctx: ModuleContext,
  entry: LegacyEntry,
  settings: LegacySettings,
): Promise<LegacyOutputs> {
  const { params, findings } = legacyParams(settings as Parameters<typeof legacyParams>[0]);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors[0])
    throw new ModuleError('LEGACY_SETTINGS_INVALID', errors[0].message, 'input', {
      issues: errors.map(({ path = '', message }) => ({ path, message })),
    });
  for (const { message } of findings) ctx.log('warn', message);
  const steps = new LegacySteps(ctx, settings.artifactKind, params);

  const { step } = await steps.run('resolve_step_path', MODULES['cad.resolve_step_path'], { source: entry.source });
  const made =
    settings.artifactKind === 'preview_thumbnail'
      ? await makeThumbnail(steps, step)
      : await makeScene(steps, entry, step, settings.artifactKind);
  const { product, orderLine, outputType } = entry;
  const { asset, files } = await steps.run('publish_asset', MODULES['output.publish_asset'], {
    source: [made.product],
    product,
    orderLine,
    outputType,
  });
  const { receipt } = await steps.run('notify', MODULES['output.notify'], { asset, product, orderLine, outputType });
  ctx.progress(1, 'Done');
  return { step, ...made.outputs, asset, files, receipt, steps: steps.records };
}

interface Made {
  /** What is delivered. */
  product: ArtifactRef;
  outputs: Omit<LegacyOutputs, 'step' | 'asset' | 'files' | 'receipt' | 'steps'>;
}

async function makeThumbnail(steps: LegacySteps, step: ArtifactRef): Promise<Made> {
  const { glb } = await steps.run('export_glb', MODULES['cad.export_glb'], { step });
  const { thumbnail } = await steps.run('render_thumbnail', MODULES['cad.render_thumbnail'], { glb });
  return { product: thumbnail, outputs: { glb, thumbnail } };
}

async function makeScene(
  steps: LegacySteps,
  { materialLibrary, templateLibrary, product, orderLine }: LegacyEntry,
  step: ArtifactRef,
  kind: Exclude<LegacyKind, 'preview_thumbnail'>,
): Promise<Made> {
  const { objects } = await steps.run('extract_objects', MODULES['cad.extract_objects'], { step });
  const { glb } = await steps.run('export_glb', MODULES['cad.export_glb'], { step });
  const { bbox } = await steps.run('compute_bbox', MODULES['cad.compute_bbox'], { step });
  const { map } = await steps.run('resolve_material_map', MODULES['materials.resolve_map'], {
    objects,
    materialLibrary,
    product,
    orderLine,
  });
  const { template } = await steps.run('resolve_template', MODULES['render.resolve_template'], { templateLibrary });
  const scene = { glb, map, template, bbox };
  const outputs = { objects, ...scene };
  if (kind === 'still_image') {
    const { still } = await steps.run('blender_still', MODULES['render.blender_still'], scene);
    return { product: still, outputs: { ...outputs, still } };
  }
  if (kind === 'turntable_video') {
    const { video } = await steps.run('blender_turntable', MODULES['render.blender_turntable'], scene);
    return { product: video, outputs: { ...outputs, video } };
  }
  const { blend } = await steps.run('export_blend', MODULES['render.export_blend'], scene);
  return { product: blend, outputs: { ...outputs, blend } };
}

/** The pipeline as the engine runs it: one node, whose attempts, events, files and delivery are those of any node. Not a node definition:
 * no workflow can place it. */
export const legacyPipeline = defineModule({
  key: 'legacy.pipeline',
  version: 1,
  title: 'Legacy pipeline',
  description: 'All steps from the STEP file to the delivery, one after the other.',
  families: [LEGACY_FAMILY],
  inputs: entryPorts,
  outputs: outputPorts,
  params: Settings,
  execution: {
    capability: 'blender',
    determinism: 'effect',
    timeoutMs: 10_800_000,
    retry: { attempts: 3, backoffMs: 5000 },
  },
  legacySource: null,
  run: (ctx, inputs, params) => runLegacyPipeline(ctx, inputs, params),
});

/** What a legacy run is asked for, as its one node stores it. */
export const legacySettings = (request: JsonObject): LegacySettings => Settings.parse(request);
