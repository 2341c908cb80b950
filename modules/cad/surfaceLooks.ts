import type { SurfaceLook } from '../shapes/objectTree.js';
import type { CadPart } from './cadModel.js';
import { fromHex, type LinearColor, toHex } from './colors.js';
import type { Appearance } from './instanceLooks.js';
import { opacityOf } from './opacity.js';
import type { FaceGroup } from './partShape.js';

/** How a group of faces looks where its part stands.
 * @param look - of the instance; null: that of the part. */
export function groupLook(
  { color, isOfFaces, patch }: FaceGroup,
  part: CadPart,
  look: Appearance | null,
): { color: LinearColor | null; opacity: number } {
  const ofPatch = patch === null ? undefined : look?.patches.get(patch);
  const ofWhole = look && (!isOfFaces || look.hasAllFaces) ? look : null;
  const own = ofPatch ?? ofWhole;
  if (!own) return { color, opacity: tidy(color ? opacityOf(part, toHex(color)) : part.opacity) };
  return { color: own.color ? fromHex(own.color) : color, opacity: tidy(own.opacity ?? part.opacity) };
}

const tidy = (opacity: number) => Math.round(opacity * 1000) / 1000;

/** All faces of a part by how they look, the largest area first. */
export function surfacesOf(part: CadPart, look: Appearance | null): SurfaceLook[] {
  const { groups } = part.shape;
  const total = groups.reduce((sum, { areaMm2 }) => sum + areaMm2, 0);
  const surfaces = new Map<string, SurfaceLook & { areaMm2: number }>();
  for (const group of groups) {
    const { color, opacity } = groupLook(group, part, look);
    const hex = color && toHex(color);
    const key = `${hex} ${opacity}`;
    const known = surfaces.get(key) ?? { color: hex, opacity, faceCount: 0, areaShare: 0, areaMm2: 0 };
    surfaces.set(key, known);
    known.faceCount += group.faceCount;
    known.areaMm2 += group.areaMm2;
  }
  return [...surfaces.values()]
    .sort((a, b) => b.areaMm2 - a.areaMm2)
    .map(({ areaMm2, ...surface }) => ({
      ...surface,
      areaShare: total > 0 ? Math.round((areaMm2 / total) * 10_000) / 10_000 : 0,
    }));
}
