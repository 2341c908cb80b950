import type { Part21File } from './part21.js';
import { argsOf, refOf, refsOf } from './part21Values.js';

/** A product definition, as far as it has a shape of its own. */
export interface ShapeHolder {
  id: number;
  /** Representations that hold its own shape. */
  representations: number[];
}

/** Whose a shape is. */
export interface ShapeOwner {
  /** The product definition. */
  id: number;
  /** The body it is part of, or is: an item of the product's representation; 0 for a whole representation. */
  body: number;
  isFace: boolean;
}

/** Solid → shell → face. */
const MAX_SHAPE_STEPS = 3;
const SHAPES = /BREP|SHELL|SOLID|FACE|SURFACE_MODEL/;
const FACES = /^(?:ADVANCED_FACE|FACE_SURFACE)$/;

/** Owners of representations, bodies and faces, by their ids. */
export function readShapeOwners(file: Part21File, definitions: Iterable<ShapeHolder>): Map<number, ShapeOwner> {
  const owners = new Map<number, ShapeOwner>();
  const own = (item: number, id: number, body: number, steps: number) => {
    const type = file.typeOf(item) ?? '';
    if (steps > MAX_SHAPE_STEPS || owners.has(item) || (steps > 0 && !SHAPES.test(type))) return;
    const isFace = FACES.test(type);
    owners.set(item, { id, body, isFace });
    if (isFace || !SHAPES.test(type)) return;
    for (const arg of argsOf(file, item) ?? []) {
      for (const next of Array.isArray(arg) ? refsOf(arg) : [refOf(arg)]) if (next > 0) own(next, id, body, steps + 1);
    }
  };
  for (const { id, representations } of definitions) {
    for (const representation of representations) {
      owners.set(representation, { id, body: 0, isFace: false });
      for (const item of refsOf(argsOf(file, representation)?.[1])) own(item, id, item, 0);
    }
  }
  return owners;
}

/** Whether a record is a body that has surfaces. */
export const isBody = (file: Part21File, item: number): boolean => SHAPES.test(file.typeOf(item) ?? '');
