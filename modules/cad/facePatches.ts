import { fromHex, type LinearColor, toHex } from './colors.js';
import type { BodyMesh, OcctResult } from './occtReader.js';
import type { Part21File } from './part21.js';
import { argsOf, refOf, refsOf } from './part21Values.js';
import { rgbToHex, StyleReader } from './styles.js';

/** Faces of a part that look alike wherever the part is, and otherwise than the rest of it in some of its instances. */
export interface FacePatch {
  id: number;
  /** The product definition. */
  definition: number;
  faces: number[];
  /** Their own colour; null: that of their body. */
  color: LinearColor | null;
  /** Records that give them it. */
  styles: number[];
  /** sRGB hex that stands for them while OpenCascade has them; no other colour of the file is equal. */
  mark: string;
}

const STYLED = ['STYLED_ITEM', 'OVER_RIDING_STYLED_ITEM'];

/** What is said of faces for themselves, in all instances. */
export type OwnStyles = ReadonlyMap<number, { color: string | null; records: number[] }>;

/** Reads the own styles of faces.
 * @param isFace - whether a record is a face of which they are asked for.
 * @param inContext - styled items that hold for single instances only. */
export function readOwnStyles(
  file: Part21File,
  isFace: (record: number) => boolean,
  inContext: ReadonlySet<number>,
): OwnStyles {
  const styles = new StyleReader(file);
  const own = new Map<number, { color: string | null; records: number[] }>();
  for (const type of STYLED) {
    for (const record of file.idsOf(type)) {
      const args = argsOf(file, record, type);
      const face = refOf(args?.[2]);
      if (!isFace(face) || inContext.has(record)) continue;
      const rgb = refsOf(args?.[1])
        .map((style) => styles.lookOf(style).rgb)
        .find((one) => one !== undefined);
      const known = own.get(face);
      own.set(face, {
        color: rgb ? rgbToHex(rgb) : (known?.color ?? null),
        records: [...(known?.records ?? []), record],
      });
    }
  }
  return own;
}

/** Joins faces to patches.
 * @param looksOf - face → what is said of it in single instances, as numbers. */
export function joinPatches(
  file: Part21File,
  looksOf: ReadonlyMap<number, { definition: number; looks: readonly number[] }>,
  ownStyles: OwnStyles,
): FacePatch[] {
  const marks = freeColors(file);
  const patches = new Map<string, FacePatch>();
  for (const [face, { definition, looks }] of looksOf) {
    const { color = null, records = [] } = ownStyles.get(face) ?? {};
    const key = JSON.stringify([definition, looks, color]);
    const patch = patches.get(key) ?? {
      id: patches.size,
      definition,
      faces: [],
      color: color === null ? null : fromHex(color),
      styles: [],
      mark: marks.next().value,
    };
    patches.set(key, patch);
    patch.faces.push(face);
    patch.styles.push(...records);
  }
  return [...patches.values()];
}

/** Colours that the file does not use, far enough from each other that none is taken for another. */
function* freeColors(file: Part21File): Generator<string, never> {
  const styles = new StyleReader(file);
  const used = new Set(file.idsOf('COLOUR_RGB').map((id) => rgbToHex(styles.lookOf(id).rgb ?? [0, 0, 0])));
  for (let count = 0; ; count++) {
    const channels = [count, count >> 7, count >> 14].map((bits) => 64 + (bits & 127)) as [number, number, number];
    const hex = rgbToHex(channels);
    if (!used.has(hex)) yield hex;
  }
}

/** Records that give the faces of patches their marks; OpenCascade hands back colours of faces and no ids.
 * @param contextOf - the representation context of a product definition. */
export function markRecords(
  patches: readonly FacePatch[],
  firstId: number,
  contextOf: (definition: number) => number,
): string[] {
  const records: string[] = [];
  const add = (text: string) => {
    const id = firstId + records.length;
    records.push(`#${id}=${text};`);
    return `#${id}`;
  };
  for (const { definition, faces, mark } of patches) {
    const [r, g, b] = [1, 3, 5].map((at) => (Number.parseInt(mark.slice(at, at + 2), 16) / 255).toFixed(12));
    const colour = add(`COLOUR_RGB('',${r},${g},${b})`);
    const fill = add(`FILL_AREA_STYLE('',(${add(`FILL_AREA_STYLE_COLOUR('',${colour})`)}))`);
    const side = add(`SURFACE_SIDE_STYLE('',(${add(`SURFACE_STYLE_FILL_AREA(${fill})`)}))`);
    const style = add(`PRESENTATION_STYLE_ASSIGNMENT((${add(`SURFACE_STYLE_USAGE(.BOTH.,${side})`)}))`);
    const items = faces.map((face) => add(`STYLED_ITEM('',(${style}),#${face})`));
    add(`MECHANICAL_DESIGN_GEOMETRIC_PRESENTATION_REPRESENTATION('',(${items.join()}),#${contextOf(definition)})`);
  }
  return records;
}

/** Puts the own colours of marked faces back, and notes which patch they are of.
 * @returns the patches of which no face came back, too. */
export function withoutMarks(
  result: OcctResult,
  patches: readonly FacePatch[],
): { result: OcctResult; missing: FacePatch[] } {
  if (patches.length === 0) return { result, missing: [] };
  const byMark = new Map(patches.map((patch) => [patch.mark, patch]));
  const missing = new Set(patches);
  const unmark = (face: BodyMesh['faces'][number]) => {
    const patch = face.color && byMark.get(toHex(face.color));
    if (!patch) return face;
    missing.delete(patch);
    return { ...face, color: patch.color, patch: patch.id };
  };
  const roots = result.roots.map((root) => ({
    ...root,
    bodies: root.bodies.map((body) => ({ ...body, faces: body.faces.map(unmark) })),
  }));
  return { result: { ...result, roots }, missing: [...missing] };
}
