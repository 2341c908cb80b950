import type { ObjectNode, ObjectTree } from '../shapes/objectTree.js';
import { Bounds, toBboxMm } from './bounds.js';
import type { CadModel, CadNode } from './cadModel.js';
import type { Box } from './partShape.js';
import { IDENTITY } from './transforms.js';

const round = (value: number) => Math.round(value * 1000) / 1000;

/** The product structure of a model as an `object_tree` artifact. */
export function objectTreeOf(model: CadModel): ObjectTree {
  const boxes = new Map<CadNode, Box>();
  const bounds = new Bounds();
  for (const root of model.roots) bounds.of(root, IDENTITY, (node, box) => boxes.set(node, box));
  const toNode = (node: CadNode): ObjectNode => ({
    objectId: node.objectId,
    kind: node.part ? 'part' : 'assembly',
    name: node.name,
    instanceName: node.instanceName,
    partId: node.part?.partId ?? null,
    bboxMm: toBboxMm(boxes.get(node)!),
    children: node.children.map(toNode),
  });
  return {
    declaredUnit: model.declaredUnit,
    schema: model.schema,
    parts: model.parts.map(({ partId, name, shape, instanceCount }) => ({
      partId,
      name,
      color: shape.color,
      faceColors: shape.faceColors,
      instanceCount,
      triangleCount: shape.triangleCount,
      surfaceAreaMm2: round(shape.areaMm2),
      volumeMm3: round(shape.volumeMm3),
    })),
    roots: model.roots.map(toNode),
    warnings: model.warnings,
  };
}
