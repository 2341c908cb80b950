import type { Part21File } from './part21.js';
import { argsOf, partsOf, refOf, refsOf, type Value } from './part21Values.js';
import type { ProductDefinition } from './productStructure.js';

/** STYLED_ITEM → assignment → usage → side style → rendering → transparency, and one to spare. */
const MAX_STEPS = 6;

/** Opacity of product definitions whose solids, shells or whole shape are styled transparent: 0 (clear) to 1.
 * OpenCascade's import hands out colours without it. Faces that are transparent on their own are not told apart. */
export function readOpacity(file: Part21File, definitions: Iterable<ProductDefinition>): Map<number, number> {
  const found = new Map<number, number>();
  if (file.idsOf('SURFACE_STYLE_TRANSPARENT').length === 0) return found;

  const ownerOf = new Map<number, number>();
  for (const { id, representations } of definitions) {
    for (const representation of representations) {
      ownerOf.set(representation, id);
      for (const item of refsOf(argsOf(file, representation)?.[1])) ownerOf.set(item, id);
    }
  }
  const transparencies = new Map<number, number | undefined>();
  const transparencyOf = (id: number, steps: number): number | undefined => {
    if (transparencies.has(id)) return transparencies.get(id);
    transparencies.set(id, undefined);
    for (const part of partsOf(file, id)) {
      if (part.type === 'SURFACE_STYLE_TRANSPARENT') transparencies.set(id, numberIn(part.args[0]));
      else if (steps < MAX_STEPS) {
        const next = part.args.flatMap((arg) => (Array.isArray(arg) ? refsOf(arg) : refOf(arg) || []));
        const first = next.map((ref) => transparencyOf(ref, steps + 1)).find((value) => value !== undefined);
        if (first !== undefined) transparencies.set(id, first);
      }
    }
    return transparencies.get(id);
  };
  for (const type of ['STYLED_ITEM', 'OVER_RIDING_STYLED_ITEM']) {
    for (const id of file.idsOf(type)) {
      const args = argsOf(file, id, type);
      const owner = ownerOf.get(refOf(args?.[2]));
      if (owner === undefined) continue;
      for (const style of refsOf(args?.[1])) {
        const transparency = transparencyOf(style, 1);
        if (transparency !== undefined) found.set(owner, Math.min(1, Math.max(0, 1 - transparency)));
      }
    }
  }
  return found;
}

function numberIn(value: Value | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
