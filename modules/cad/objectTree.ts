import type { ObjectNode, ObjectTree } from '../shapes/objectTree.js';
import { Bounds, toBboxMm } from './bounds.js';
import type { CadModel, CadNode } from './cadModel.js';
import type { Box } from './partShape.js';
import { surfacesOf } from './surfaceLooks.js';
import { determinant, IDENTITY, type Transform } from './transforms.js';

const round = (value: number) => Math.round(value * 1000) / 1000;

/** By how much lengths grow; 1 for all but the rare scaled instance. */
const scaleOf = (placement: Transform) => {
  const scale = Math.cbrt(Math.abs(determinant(placement)));
  return Math.abs(scale - 1) < 1e-9 ? 1 : scale;
};

/** The product structure of a model as an `object_tree` artifact. */
export function objectTreeOf(model: CadModel): ObjectTree {
  const boxes = new Map<CadNode, Box>();
  const bounds = new Bounds();
  for (const root of model.roots) bounds.of(root, IDENTITY, (node, box) => boxes.set(node, box));
  const toNode = (node: CadNode, scale: number): ObjectNode => {
    const own = scale * scaleOf(node.placement);
    const children = node.children.map((child) => toNode(child, own));
    const { part } = node;
    const sum = (of: (child: ObjectNode) => number | undefined) =>
      children.reduce((total, child) => total + (of(child) ?? 0), 0);
    return {
      objectId: node.objectId,
      kind: part ? 'part' : 'assembly',
      name: node.name,
      instanceName: node.instanceName,
      partId: part?.partId ?? null,
      ...(node.look?.color && { color: node.look.color }),
      ...(node.look && node.look.opacity !== null && { opacity: node.look.opacity }),
      ...(part && node.look && { surfaces: surfacesOf(part, node.look) }),
      bboxMm: toBboxMm(boxes.get(node)!),
      triangleCount: part?.shape.triangleCount ?? sum((child) => child.triangleCount),
      surfaceAreaMm2: round(part ? part.shape.areaMm2 * own ** 2 : sum((child) => child.surfaceAreaMm2)),
      volumeMm3: round(part ? part.shape.volumeMm3 * own ** 3 : sum((child) => child.volumeMm3)),
      children,
    };
  };
  return {
    declaredUnit: model.declaredUnit,
    schema: model.schema,
    parts: model.parts.map((part) => ({
      partId: part.partId,
      name: part.name,
      color: part.shape.color,
      faceColors: part.shape.faceColors,
      opacity: part.opacity,
      surfaces: surfacesOf(part, null),
      instanceCount: part.instanceCount,
      triangleCount: part.shape.triangleCount,
      surfaceAreaMm2: round(part.shape.areaMm2),
      volumeMm3: round(part.shape.volumeMm3),
    })),
    roots: model.roots.map((root) => toNode(root, 1)),
    warnings: model.warnings,
  };
}
