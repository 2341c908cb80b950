import type { Part21File } from './part21.js';
import { argsOf, partsOf, refOf, refsOf, type Value } from './part21Values.js';
import type { ProductDefinition } from './productStructure.js';

/** How clear a part is: as a whole, and where faces are styled for themselves, by their colour. 0 (clear) to 1. */
export interface Opacity {
  opacity: number;
  faceOpacities: { rgb: readonly [number, number, number]; opacity: number }[];
}

export const OPAQUE: Opacity = { opacity: 1, faceOpacities: [] };

/** What one style says. */
interface Look {
  transparency?: number;
  /** sRGB, 0..255. */
  rgb?: [number, number, number];
}

/** STYLED_ITEM → assignment → usage → side style → rendering → transparency, and one to spare. */
const MAX_STEPS = 6;
/** Solid → shell → face. */
const MAX_SHAPE_STEPS = 3;
const SHAPES = /BREP|SHELL|SOLID|FACE|SURFACE_MODEL/;
/** Of 255: what rounding on the way through linear colours may cost. */
const SAME_COLOR = 2;

/** Opacity of product definitions and of their faces. OpenCascade's import hands out colours without it. */
export function readOpacity(file: Part21File, definitions: Iterable<ProductDefinition>): Map<number, Opacity> {
  const found = new Map<number, Opacity>();
  if (file.idsOf('SURFACE_STYLE_TRANSPARENT').length === 0) return found;

  /** Shapes and faces: whose they are, and whether they are only a face of it. */
  const ownerOf = new Map<number, { id: number; isFace: boolean }>();
  const own = (item: number, id: number, steps: number) => {
    const type = file.typeOf(item) ?? '';
    if (steps > MAX_SHAPE_STEPS || ownerOf.has(item) || (steps > 0 && !SHAPES.test(type))) return;
    const isFace = /^(?:ADVANCED_FACE|FACE_SURFACE)$/.test(type);
    ownerOf.set(item, { id, isFace });
    if (isFace || !SHAPES.test(type)) return;
    for (const arg of argsOf(file, item) ?? []) {
      for (const next of Array.isArray(arg) ? refsOf(arg) : [refOf(arg)]) if (next > 0) own(next, id, steps + 1);
    }
  };
  for (const { id, representations } of definitions) {
    for (const representation of representations) {
      ownerOf.set(representation, { id, isFace: false });
      for (const item of refsOf(argsOf(file, representation)?.[1])) own(item, id, 0);
    }
  }

  const looks = new Map<number, Look>();
  const lookOf = (id: number, steps: number): Look => {
    const known = looks.get(id);
    if (known) return known;
    const look: Look = {};
    looks.set(id, look);
    for (const { type, args } of partsOf(file, id)) {
      if (type === 'SURFACE_STYLE_TRANSPARENT') look.transparency = numberIn(args[0]);
      else if (type === 'COLOUR_RGB')
        look.rgb = args.slice(-3).map((channel) => 255 * (numberIn(channel) ?? 0)) as Look['rgb'];
      else if (steps < MAX_STEPS) {
        for (const next of args.flatMap((arg) => (Array.isArray(arg) ? refsOf(arg) : refOf(arg) || []))) {
          const inner = lookOf(next, steps + 1);
          look.transparency ??= inner.transparency;
          look.rgb ??= inner.rgb;
        }
      }
    }
    return look;
  };
  for (const type of ['STYLED_ITEM', 'OVER_RIDING_STYLED_ITEM']) {
    for (const styled of file.idsOf(type)) {
      const args = argsOf(file, styled, type);
      const owner = ownerOf.get(refOf(args?.[2]));
      if (!owner) continue;
      for (const style of refsOf(args?.[1])) {
        const { transparency, rgb } = lookOf(style, 1);
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

function numberIn(value: Value | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
