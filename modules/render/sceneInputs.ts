import type { ArtifactRef } from '../artifacts.js';
import type { ModuleContext } from '../context.js';
import { artifactPort } from '../define.js';
import { ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { localMaterials } from '../materials/localMaterials.js';
import { MaterialMap } from '../shapes/materials.js';
import { Bbox } from '../shapes/objectTree.js';
import { RenderTemplate } from '../shapes/renderTemplate.js';
import { readGlbParts } from './glbParts.js';
import type { Engine } from './params.js';
import type { Scene } from './scene.js';

/** Input ports of every module that renders a product in a studio. */
export const sceneInputs = {
  glb: artifactPort('glb_model', 'model/gltf-binary', {
    description: 'The model: metres, Y up, nodes marked with partId.',
  }),
  map: artifactPort('material_map', 'application/json', { description: 'The material of every part of the model.' }),
  template: artifactPort('render_template', 'application/json', {
    description: 'Camera, lights, surroundings, colours.',
  }),
  bbox: artifactPort('bbox', 'application/json', {
    description: 'What is centred in the picture; without it, everything in the model.',
    required: false,
  }),
};

interface SceneInputs {
  glb: ArtifactRef;
  map: ArtifactRef;
  template: ArtifactRef;
  bbox?: ArtifactRef;
}

/** Reads and checks the inputs before Blender starts: what is missing must not fail after minutes of rendering.
 * @throws {ModuleError} `ENGINE_NOT_SUPPORTED`, `PART_UNMAPPED`, `GLB_UNREADABLE`, `GLB_WITHOUT_PARTS`, `ARTIFACT_UNREADABLE`. */
export async function readSceneInputs(
  artifacts: ModuleContext['artifacts'],
  inputs: SceneInputs,
  engine: Engine,
): Promise<Pick<Scene, 'glb' | 'template' | 'templateScene' | 'environmentImage' | 'materials' | 'bboxMm'>> {
  const [glb, map, template, bbox] = await Promise.all([
    artifacts.path(inputs.glb),
    artifacts.readJson(inputs.map, MaterialMap),
    artifacts.readJson(inputs.template, RenderTemplate),
    inputs.bbox && artifacts.readJson(inputs.bbox, Bbox),
  ]);
  if (!template.engines.includes(engine))
    throw new ModuleError(
      'ENGINE_NOT_SUPPORTED',
      `The render template "${template.label}" is not made for ${engine}; it supports ${template.engines.join(', ')}.`,
      'input',
      { path: '/engine' },
    );
  const materials = await materialsByPart(artifacts, await readGlbParts(glb), map, template);
  const templateScene = template.kind === 'blend' ? await artifacts.path(template.scene) : null;
  const environmentImage = template.environment ? await artifacts.path(template.environment.image) : null;
  return { glb, template, templateScene, environmentImage, materials, bboxMm: bbox?.bboxMm ?? null };
}

async function materialsByPart(
  artifacts: ModuleContext['artifacts'],
  parts: Map<string, string>,
  map: MaterialMap,
  template: RenderTemplate,
): Promise<JsonObject> {
  const assigned = new Map(map.assignments.map((assignment) => [assignment.partId, assignment]));
  const missing = [...parts].filter(([partId]) => !assigned.has(partId)).map(([, partName]) => partName);
  if (missing.length > 0)
    throw new ModuleError(
      'PART_UNMAPPED',
      `The material map has no material for ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ' …' : ''}. Was it made from another CAD file?`,
      'input',
      { parts: missing },
    );
  const fallback = {
    name: `${template.name}.default`,
    transmission: 0,
    clearcoat: 0,
    ior: 1.5,
    ...template.defaultMaterial,
  };
  const local = localMaterials(artifacts);
  const entries = [...parts.keys()].map(async (partId): Promise<[string, JsonObject | null]> => {
    const { material, source } = assigned.get(partId)!;
    if (material) return [partId, await local(material)];
    return [partId, source === 'default' ? fallback : null];
  });
  return Object.fromEntries(await Promise.all(entries));
}
