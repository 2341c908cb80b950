import { readFile } from 'node:fs/promises';
import type { ArtifactRef, ArtifactRole } from '../../modules/artifacts.js';
import type { ModuleArtifacts } from '../../modules/context.js';
import type { JsonObject, JsonValue } from '../../modules/json.js';
import type { ModuleKey } from '../../modules/registry.js';

export type PortData = ArtifactRef | readonly ArtifactRef[] | JsonValue | undefined;
/** Values a module yielded, by port. */
export type Made = Record<string, PortData>;

/** What a module is given to hold it to its contract: small, quick, and made of what the modules before it really yield. */
export interface ModuleSample {
  /** @param made yields of the modules before, by key. @param first what runs begin with. */
  inputs(made: Record<string, Made>, first: FirstThings): Record<string, PortData | PortData[]>;
  params?: JsonObject;
  /** What else keeps it busy for many seconds, so that it can be stopped in the middle; null: it is done before that. */
  busy: ((first: FirstThings) => { params: JsonObject; inputs?: Record<string, PortData[]> }) | null;
}

/** What runs begin with, and the address of a server that takes requests and never answers. */
export interface FirstThings {
  stepSource: ArtifactRef;
  materialLibrary: ArtifactRef;
  templateLibrary: ArtifactRef;
  product: JsonObject;
  orderLine: JsonObject;
  outputType: JsonObject;
  silentUrl: string;
}

const small = { resolution: { width: 32, height: 24 }, samples: 2 };
const large = { resolution: { width: 2048, height: 2048 }, samples: 4096 };
const scene: ModuleSample['inputs'] = (made) => ({
  glb: made['cad.export_glb']!.glb,
  map: made['materials.resolve_map']!.map,
  template: made['render.resolve_template']!.template,
  bbox: made['cad.compute_bbox']!.bbox,
});
const cad: ModuleSample['inputs'] = (made) => ({ step: made['cad.resolve_step_path']!.step });

/** A sample of every module, in an order in which each finds what it needs. A module without one fails modules/contracts.test.ts. */
export const SAMPLES: Record<ModuleKey, ModuleSample> = {
  'cad.resolve_step_path': { inputs: (_made, { stepSource }) => ({ source: stepSource }), busy: null },
  'cad.extract_objects': { inputs: cad, busy: null },
  'cad.compute_bbox': { inputs: cad, busy: null },
  'cad.export_glb': {
    inputs: cad,
    params: { quality: 'draft' },
    busy: () => ({ params: { linearDeflectionMm: 0.0001, angularDeflectionRad: 0.02 } }),
  },
  'cad.render_thumbnail': {
    inputs: (made) => ({ glb: made['cad.export_glb']!.glb }),
    params: { sizePx: 256 },
    busy: null,
  },
  'materials.auto_populate': {
    inputs: (made, { materialLibrary, product }) => ({
      objects: made['cad.extract_objects']!.objects,
      materialLibrary,
      product,
    }),
    busy: null,
  },
  'materials.resolve_map': {
    inputs: (made, { materialLibrary, product, orderLine }) => ({
      objects: made['cad.extract_objects']!.objects,
      materialLibrary,
      product,
      orderLine,
      proposal: made['materials.auto_populate']!.proposal,
    }),
    busy: null,
  },
  'render.resolve_template': { inputs: (_made, { templateLibrary }) => ({ templateLibrary }), busy: null },
  'render.blender_still': { inputs: scene, params: small, busy: () => ({ params: large }) },
  'render.turntable_frames': {
    inputs: scene,
    params: { ...small, frames: 8, first: 2, count: 2 },
    busy: () => ({ params: { ...large, frames: 8, first: 0, count: 8 } }),
  },
  'render.blender_turntable': {
    inputs: (made, first) => ({ ...scene(made, first), frames: made['render.turntable_frames']!.frames }),
    params: { ...small, animation: { frames: 2, fps: 12 } },
    // With its frames given it would only have to join them.
    busy: () => ({ params: { ...large, animation: { frames: 2, fps: 12 } }, inputs: { frames: [] } }),
  },
  'render.export_blend': { inputs: scene, params: small, busy: null },
  'output.publish_asset': {
    inputs: (made, { product, orderLine, outputType }) => ({
      source: [made['cad.export_glb']!.glb],
      product,
      orderLine,
      outputType,
    }),
    busy: null,
  },
  'output.notify': {
    inputs: (_made, { product, orderLine, outputType }) => ({ product, orderLine, outputType }),
    busy: ({ silentUrl }) => ({ params: { channel: 'webhook', url: silentUrl } }),
  },
};

const fromHere = (file: string) => readFile(new URL(file, import.meta.url));
const seed = async (name: string): Promise<unknown> => JSON.parse(String(await fromHere(`../../prisma/seed/${name}`)));

/** Writes what runs begin with into a store: a real STEP file and the libraries every installation is seeded with. */
export async function firstThings(artifacts: ModuleArtifacts, silentUrl: string): Promise<FirstThings> {
  const json = (role: ArtifactRole, content: unknown) =>
    artifacts.write({
      role,
      mediaType: 'application/json',
      fileName: `${role}.json`,
      from: { text: JSON.stringify(content) },
    });
  return {
    stepSource: await artifacts.write({
      role: 'step_source',
      mediaType: 'model/step',
      fileName: 'bearing-6205.step',
      from: { bytes: await fromHere('../fixtures/step/bearing-6205.step') },
    }),
    materialLibrary: await json('material_library', {
      materials: await seed('materials.json'),
      rules: await seed('materialRules.json'),
    }),
    templateLibrary: await json('template_library', { templates: await seed('renderTemplates.json') }),
    product: { sku: '6205', name: 'Bearing 6205', category: 'bearings', materialAssignments: {} },
    orderLine: { id: 'line', orderNumber: 'A-1', lineNumber: 1, materialOverrides: {} },
    outputType: { id: 'type', key: 'glb', name: 'Model', artifactKind: 'glb_model' },
    silentUrl,
  };
}
