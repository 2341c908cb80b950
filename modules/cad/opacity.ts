import type { Part21File } from './part21.js';
import { argsOf, refOf, refsOf } from './part21Values.js';
import { readShapeOwners, type ShapeHolder } from './shapeOwners.js';
import { type Rgb, StyleReader } from './styles.js';

/** How clear a part is: as a whole, and where faces are styled for themselves, by their colour. 0 (clear) to 1. */
export interface Opacity {
  opacity: number;
  faceOpacities: { rgb: Rgb; opacity: number }[];
}

export const OPAQUE: Opacity = { opacity: 1, faceOpacities: [] };

/** Of 255: what rounding on the way through linear colours may cost. */
const SAME_COLOR = 2;

/** Opacity of product definitions and of their faces. OpenCascade's import hands out colours without it.
 * @param inContext - styled items that hold for single instances only. */
export function readOpacity(
  file: Part21File,
  definitions: Iterable<ShapeHolder>,
  inContext: ReadonlySet<number>,
): Map<number, Opacity> {
  const found = new Map<number, Opacity>();
  if (file.idsOf('SURFACE_STYLE_TRANSPARENT').length === 0) return found;

  const owners = readShapeOwners(file, definitions);
  const styles = new StyleReader(file);
  for (const type of ['STYLED_ITEM', 'OVER_RIDING_STYLED_ITEM']) {
    for (const styled of file.idsOf(type)) {
      const args = argsOf(file, styled, type);
      const owner = owners.get(refOf(args?.[2]));
      if (!owner || inContext.has(styled)) continue;
      for (const style of refsOf(args?.[1])) {
        const { transparency, rgb } = styles.lookOf(style);
        if (transparency === undefined && !owner.isFace) continue;
        const opacity = Math.min(1, Math.max(0, 1 - (transparency ?? 0)));
        const known = found.get(owner.id) ?? { opacity: 1, faceOpacities: [] };
        if (!owner.isFace) known.opacity = opacity;
        else if (rgb) known.faceOpacities.push({ rgb, opacity });
        found.set(owner.id, known);
      }
    }
  }
  return found;
}

/** How clear the faces of a part with this sRGB hex are. */
export function opacityOf({ opacity, faceOpacities }: Opacity, hex: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  const own = faceOpacities.find(({ rgb }) =>
    rgb.every((channel, at) => Math.abs(channel - channels[at]!) <= SAME_COLOR),
  );
  return own?.opacity ?? opacity;
}
