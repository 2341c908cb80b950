import type { Part21File } from './part21.js';
import { partsOf, refOf, refsOf, textOf, type Value } from './part21Values.js';

/** sRGB, 0..255. */
export type Rgb = readonly [number, number, number];

/** What a style says of surfaces. */
export interface Look {
  /** 0 (opaque) to 1. */
  transparency?: number;
  rgb?: Rgb;
}

/** Assignment → usage → side style → fill area → its style → its colour → colour, and one to spare. */
const MAX_STEPS = 8;
/** Styles of something else than the surface: of its edges, of points. */
const OF_LINES = /^(?:CURVE|POINT|TEXT|SYMBOL)_STYLE|^SURFACE_STYLE_(?:BOUNDARY|SILHOUETTE|PARAMETER|CONTROL|SEGMENT)/;
/** Colours that a file may call by name. */
const NAMED: Readonly<Record<string, Rgb>> = {
  red: [255, 0, 0],
  green: [0, 255, 0],
  blue: [0, 0, 255],
  yellow: [255, 255, 0],
  magenta: [255, 0, 255],
  cyan: [0, 255, 255],
  black: [0, 0, 0],
  white: [255, 255, 255],
};

/** Reads what styles say of surfaces; each record once. */
export class StyleReader {
  private readonly looks = new Map<number, Look>();

  constructor(private readonly file: Part21File) {}

  /** @param style - a presentation style assignment, or anything it leads to. */
  lookOf(style: number, steps = 1): Look {
    const known = this.looks.get(style);
    if (known) return known;
    const look: Look = {};
    this.looks.set(style, look);
    for (const { type, args } of partsOf(this.file, style)) {
      if (OF_LINES.test(type)) continue;
      if (type === 'SURFACE_STYLE_TRANSPARENT') look.transparency = numberIn(args[0]);
      else if (type === 'COLOUR_RGB')
        look.rgb = args.slice(-3).map((channel) => 255 * (numberIn(channel) ?? 0)) as unknown as Rgb;
      else if (type.endsWith('PRE_DEFINED_COLOUR')) look.rgb = NAMED[textOf(args[0]).toLowerCase()];
      else if (steps < MAX_STEPS) {
        // The context of a style says nothing of its look.
        const own = type === 'PRESENTATION_STYLE_BY_CONTEXT' ? args.slice(0, 1) : args;
        for (const next of own.flatMap((arg) => (Array.isArray(arg) ? refsOf(arg) : refOf(arg) || []))) {
          const inner = this.lookOf(next, steps + 1);
          look.transparency ??= inner.transparency;
          look.rgb ??= inner.rgb;
        }
      }
    }
    return look;
  }
}

function numberIn(value: Value | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** sRGB hex in lower case. */
export const rgbToHex = (rgb: Rgb): string =>
  `#${rgb
    .map((channel) =>
      Math.round(Math.min(255, Math.max(0, channel)))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
