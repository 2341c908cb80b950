import type { Bbox, BboxMm } from '../shapes/objectTree.js';
import type { CadNode } from './cadModel.js';
import { type Box, emptyBox, growBox, type PartShape, placedBox } from './partShape.js';
import { multiply, type Transform, type Vec3 } from './transforms.js';

/** Half a nanometre: hides what floating point adds. */
const round = (mm: number) => Math.round(mm * 1e6) / 1e6 + 0;

export function toBboxMm(box: Box): BboxMm {
  return { min: box.min.map(round) as Vec3, max: box.max.map(round) as Vec3 };
}

/** Tight boxes of nodes. Instances that are turned alike share the work. */
export class Bounds {
  private readonly turned = new Map<PartShape, Map<string, Box>>();

  /** The box of a node's meshes in the file's coordinates; `visit` sees every node below with its box, children first. */
  of(node: CadNode, parent: Transform, visit?: (node: CadNode, box: Box) => void): Box {
    const placement = multiply(parent, node.placement);
    const box = node.part ? this.placed(node.part.shape, placement) : emptyBox();
    for (const child of node.children) growBox(box, this.of(child, placement, visit));
    visit?.(node, box);
    return box;
  }

  private placed(shape: PartShape, placement: Transform): Box {
    const rotation = placement.map((value, index) => (index % 4 === 3 ? 0 : value));
    const key = rotation.map((value) => value.toFixed(12)).join();
    const boxes = this.turned.get(shape) ?? new Map<string, Box>();
    const box = boxes.get(key) ?? placedBox(shape, rotation);
    this.turned.set(shape, boxes.set(key, box));
    const shift = [placement[3]!, placement[7]!, placement[11]!];
    const move = (corner: Vec3) => corner.map((value, axis) => value + shift[axis]!) as Vec3;
    return { min: move(box.min), max: move(box.max) };
  }
}

/** The `bbox` artifact's content for a box. */
export function describeBox(box: Box): Bbox {
  const bboxMm = toBboxMm(box);
  const sizeMm = bboxMm.max.map((max, axis) => round(max - bboxMm.min[axis]!)) as Vec3;
  const centreMm = bboxMm.max.map((max, axis) => round((max + bboxMm.min[axis]!) / 2)) as Vec3;
  return { bboxMm, sizeMm, centreMm, radiusMm: round(Math.hypot(...sizeMm) / 2) };
}
