import { readFile } from 'node:fs/promises';

import type { ArtifactRef, ArtifactRole } from '../../modules/artifacts.js';
import { MAX_INSTANCES } from '../../modules/cad/assemblyLimits.js';
import type { ModuleArtifacts } from '../../modules/context.js';
import type { JsonObject, JsonValue } from '../../modules/json.js';
import type { ModuleKey } from '../../modules/registry.js';
import { replicated } from '../fixtures/step/awkward.js';
import { makeGlb } from './glb.js';

type PortData = ArtifactRef | readonly ArtifactRef[] | JsonValue | undefined;
/** Values a module yielded, by port. */
export type Made = Record<string, PortData>;

/** What a module is given to hold it to its contract: small, quick, and made of what the modules before it really yield. */
export interface ModuleSample {
  /** @param made yields of the modules before, by key. @param first what runs begin with. */
  inputs(made: Record<string, Made>, first: FirstThings): Record<string, PortData | PortData[]>;
  params?: JsonObject;
  /** What else keeps it busy for many seconds, so that it can be stopped in the middle. */
  busy(
    large: LargeThings,
    first: FirstThings,
    made: Record<string, Made>,
  ): { params?: JsonObject; inputs?: Record<string, PortData | PortData[]> };
  /** Why it may have ended before it hears that it is to stop, even with as much as there can be. */
  mayEndSooner?: string;
}

/** What runs begin with, and the address of a server that takes requests and never answers. */
export interface FirstThings {
  stepSource: ArtifactRef;
  /** A picture of a few pixels. */
  picture: ArtifactRef;
  materialLibrary: ArtifactRef;
  templateLibrary: ArtifactRef;
  product: JsonObject;
  orderLine: JsonObject;
  outputType: JsonObject;
  silentUrl: string;
}

/** A CAD file, a model and a picture that take seconds to mesh, to bring into Blender, and to make derivatives of; and what has as
 * many parts, rules and templates as nobody will have. */
export interface LargeThings {
  step: ArtifactRef;
  glb: ArtifactRef;
  picture: ArtifactRef;
  objects: ArtifactRef;
  materialLibrary: ArtifactRef;
  templateLibrary: ArtifactRef;
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
  'cad.resolve_step_path': {
    inputs: (_made, { stepSource }) => ({ source: stepSource }),
    busy: ({ step }) => ({ inputs: { source: step } }),
  },
  'cad.extract_objects': { inputs: cad, busy: ({ step }) => ({ inputs: { step } }) },
  'cad.compute_bbox': { inputs: cad, busy: ({ step }) => ({ inputs: { step } }) },
  'cad.export_glb': {
    inputs: cad,
    params: { quality: 'draft', compression: 'draco', lodLevels: 1 },
    busy: () => ({ params: { linearDeflectionMm: 0.0001, angularDeflectionRad: 0.02 } }),
  },
  'cad.render_thumbnail': {
    inputs: (made) => ({ glb: made['cad.export_glb']!.glb }),
    params: { sizePx: 256 },
    busy: ({ glb }) => ({ inputs: { glb } }),
  },
  'materials.auto_populate': {
    inputs: (made, { materialLibrary, product }) => ({
      objects: made['cad.extract_objects']!.objects,
      materialLibrary,
      product,
    }),
    busy: ({ objects, materialLibrary }) => ({ inputs: { objects, materialLibrary } }),
  },
  'materials.resolve_map': {
    inputs: (made, { materialLibrary, product, orderLine }) => ({
      objects: made['cad.extract_objects']!.objects,
      materialLibrary,
      product,
      orderLine,
      proposal: made['materials.auto_populate']!.proposal,
    }),
    busy: ({ objects, materialLibrary }) => ({ inputs: { objects, materialLibrary, proposal: undefined } }),
  },
  'render.resolve_template': {
    inputs: (_made, { templateLibrary }) => ({ templateLibrary }),
    busy: ({ templateLibrary }) => ({ inputs: { templateLibrary } }),
  },
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
  'render.export_blend': {
    inputs: scene,
    params: small,
    busy: ({ glb }) => ({ inputs: { glb } }),
  },
  'output.publish_asset': {
    inputs: (_made, { picture, product, orderLine }) => ({ source: [picture], product, orderLine }),
    params: { derivatives: [{ name: 'web', maxWidthPx: 16 }] },
    busy: (large) => ({
      params: { derivatives: [{ name: 'web', maxWidthPx: 8192, format: 'avif' }] },
      inputs: { source: [large.picture] },
    }),
  },
  'output.notify': {
    inputs: (_made, { product, orderLine, outputType }) => ({ product, orderLine, outputType }),
    busy: (_large, { silentUrl }) => ({ params: { channel: 'webhook', url: silentUrl } }),
  },
};

const fromHere = (file: string) => readFile(new URL(file, import.meta.url));
const seed = async (name: string): Promise<unknown> => JSON.parse(String(await fromHere(`../../prisma/seed/${name}`)));
const writing =
  (artifacts: ModuleArtifacts) => (role: ArtifactRole, mediaType: string, fileName: string, bytes: Uint8Array) =>
    artifacts.write({ role, mediaType, fileName, from: { bytes } });
const jsonWriting = (artifacts: ModuleArtifacts) => (role: ArtifactRole, content: unknown) =>
  writing(artifacts)(role, 'application/json', `${role}.json`, Buffer.from(JSON.stringify(content)));

/** Writes what runs begin with into a store: a real STEP file and the libraries every installation is seeded with. */
export async function firstThings(artifacts: ModuleArtifacts, silentUrl: string): Promise<FirstThings> {
  const write = writing(artifacts);
  const json = jsonWriting(artifacts);
  const bearing = await fromHere('../fixtures/step/bearing-6205.step');
  return {
    stepSource: await write('step_source', 'model/step', 'bearing-6205.step', bearing),
    picture: await write('still_image', 'image/png', 'small.png', await noise(24)),
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

/** Writes what keeps modules busy into a store. */
export async function largeThings(artifacts: ModuleArtifacts): Promise<LargeThings> {
  const write = writing(artifacts);
  const housings = replicated(await fromHere('../fixtures/step/housing-p205.step'), 150);
  const at = Array.from({ length: 20_000 }, (_, i): [number, number, number] => [i % 200, Math.floor(i / 200), 0]);
  const boxes = await makeGlb([{ partId: 'p0', partName: 'Outer Ring', size: [0.5, 0.5, 0.5], at }]);
  return {
    step: await write('step_source', 'model/step', 'large.step', housings),
    glb: await write('glb_model', 'model/gltf-binary', 'large.glb', boxes),
    picture: await write('still_image', 'image/png', 'large.png', await noise(5000)),
    ...(await manyNames(artifacts)),
  };
}

async function manyNames(artifacts: ModuleArtifacts) {
  const json = jsonWriting(artifacts);
  const parts = Array.from({ length: MAX_INSTANCES }, (_, i) => ({
    partId: `p${i}`,
    name: `Part ${i}`,
    color: null,
    faceColors: [],
    instanceCount: 1,
    triangleCount: 12,
    surfaceAreaMm2: 6,
    volumeMm3: 1,
  }));
  const materials = (await seed('materials.json')) as { name: string }[];
  const rules = Array.from({ length: 500 }, (_, i) => ({
    id: `r${i}`,
    priority: i,
    category: null,
    partNamePattern: `*part*${i}*x*`,
    cadColor: null,
    material: materials[0]!.name,
  }));
  const [template] = (await seed('renderTemplates.json')) as { name: string }[];
  const templates = Array.from({ length: 100_000 }, (_, i) => ({ ...template, name: `${template!.name}_${i}` }));
  return {
    objects: await json('object_tree', { declaredUnit: 'mm', schema: 'none', parts, roots: [], warnings: [] }),
    materialLibrary: await json('material_library', { materials, rules }),
    templateLibrary: await json('template_library', { templates }),
  };
}

/** A square PNG that no encoder is quick with. */
export async function noise(sizePx: number): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  const create = { width: sizePx, height: sizePx, channels: 3, background: '#888888' } as const;
  return sharp({ create: { ...create, noise: { type: 'gaussian', mean: 128, sigma: 40 } } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}
