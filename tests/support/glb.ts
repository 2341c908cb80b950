import { Document, NodeIO } from '@gltf-transform/core';

export interface BoxPart {
  partId: string;
  partName: string;
  /** Metres, glTF axes (Y up). */
  size: [number, number, number];
  /** Centre of every instance, metres. */
  at: [number, number, number][];
  /** An upright cylinder that fills the box. */
  isRound?: boolean;
  /** Linear RGB. */
  color?: [number, number, number];
}

/** A GLB of boxes that keeps the contract of `cad.export_glb`: nodes marked with their part, instances share one mesh. */
export async function makeGlb(parts: BoxPart[]): Promise<Uint8Array> {
  const doc = new Document();
  const buffer = doc.createBuffer();
  const scene = doc.createScene();
  for (const { partId, partName, size, at, isRound, color: [r, g, b] = [0.5, 0.5, 0.5] } of parts) {
    const material = doc.createMaterial(partName).setBaseColorFactor([r, g, b, 1]).setMetallicFactor(0);
    const { positions, normals, indices } = isRound ? cylinder(size) : box(size);
    const primitive = doc
      .createPrimitive()
      .setAttribute('POSITION', doc.createAccessor().setType('VEC3').setArray(positions).setBuffer(buffer))
      .setAttribute('NORMAL', doc.createAccessor().setType('VEC3').setArray(normals).setBuffer(buffer))
      .setIndices(doc.createAccessor().setType('SCALAR').setArray(indices).setBuffer(buffer))
      .setMaterial(material);
    const mesh = doc.createMesh(partName).addPrimitive(primitive);
    for (const [i, translation] of at.entries()) {
      const extras = { partId, partName, objectId: `${partName}:${i + 1}` };
      scene.addChild(doc.createNode(partName).setMesh(mesh).setTranslation(translation).setExtras(extras));
    }
  }
  return new NodeIO().writeBinary(doc);
}

function box([width, height, depth]: [number, number, number]) {
  const positions: number[] = [];
  const normals: number[] = [];
  const indices: number[] = [];
  for (const axis of [0, 1, 2]) {
    for (const sign of [1, -1]) {
      const first = positions.length / 3;
      for (const [u, v] of [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1],
      ] as const) {
        const corner = [0, 0, 0];
        corner[axis] = sign;
        corner[(axis + 1) % 3] = u * sign;
        corner[(axis + 2) % 3] = v;
        positions.push((corner[0]! * width) / 2, (corner[1]! * height) / 2, (corner[2]! * depth) / 2);
        normals.push(...[0, 1, 2].map((i) => (i === axis ? sign : 0)));
      }
      indices.push(first, first + 1, first + 2, first, first + 2, first + 3);
    }
  }
  return {
    positions: new Float32Array(positions),
    normals: new Float32Array(normals),
    indices: new Uint16Array(indices),
  };
}

const SIDES = 64;

/** Its side alone: nobody looks at the ends. */
function cylinder([width, height, depth]: [number, number, number]) {
  const positions: number[] = [];
  const normals: number[] = [];
  const indices: number[] = [];
  for (let i = 0; i <= SIDES; i++) {
    const [x, z] = [Math.cos((2 * Math.PI * i) / SIDES), Math.sin((2 * Math.PI * i) / SIDES)];
    for (const y of [-1, 1]) {
      positions.push((x * width) / 2, (y * height) / 2, (z * depth) / 2);
      normals.push(x, 0, z);
    }
    if (i < SIDES) indices.push(2 * i, 2 * i + 1, 2 * i + 2, 2 * i + 2, 2 * i + 1, 2 * i + 3);
  }
  return {
    positions: new Float32Array(positions),
    normals: new Float32Array(normals),
    indices: new Uint32Array(indices),
  };
}
