import { ModuleError } from '../errors.js';
import type { Material, MaterialLibrary } from '../shapes/materials.js';
import { closeSentence, nearestNames } from './partNames.js';

/** Looks materials up by name.
 * Throws {ModuleError} `MATERIAL_UNKNOWN`, naming the material and who asked for it. */
export type MaterialIndex = (name: string, where: string, path?: string) => Material;

export function materialIndex({ materials }: MaterialLibrary): MaterialIndex {
  const byName = new Map(materials.map((material) => [material.name, material]));
  return (name, where, path) => {
    const material = byName.get(name);
    if (material) return material;
    const close = nearestNames(name, [...byName.keys()]);
    throw new ModuleError(
      'MATERIAL_UNKNOWN',
      `${where} asks for the material "${name}", which the library does not have. ${closeSentence(close)}`,
      'input',
      { material: name, close, ...(path ? { path } : {}) },
    );
  };
}
