import type { ArtifactRef } from '../artifacts.js';
import type { ModuleContext } from '../context.js';
import type { JsonObject } from '../json.js';
import type { Material } from '../shapes/materials.js';

/** Makes materials ready for a job script: their files as local paths (python/materials.py). Each material is looked up once.
 * Throws {ModuleError} `ARTIFACT_MISSING`. */
export function localMaterials(
  artifacts: Pick<ModuleContext['artifacts'], 'path'>,
): (material: Material) => Promise<JsonObject> {
  const known = new Map<string, Promise<JsonObject>>();
  return (material) => {
    const made = known.get(material.name) ?? localMaterial(artifacts, material);
    known.set(material.name, made);
    return made;
  };
}

async function localMaterial(
  artifacts: Pick<ModuleContext['artifacts'], 'path'>,
  { textures, blendAsset, ...rest }: Material,
): Promise<JsonObject> {
  const job: JsonObject = { ...rest };
  if (textures) {
    const { scaleMm, ...files } = textures;
    const paths = Object.entries(files).map(async ([channel, file]) => [
      channel,
      await artifacts.path(file as ArtifactRef),
    ]);
    if (paths.length > 0) job.textures = { scaleMm, ...Object.fromEntries(await Promise.all(paths)) };
  }
  if (blendAsset) job.blendAsset = { path: await artifacts.path(blendAsset.file), material: blendAsset.material };
  return job;
}
