import type { Buffer, Document, Material, Mesh, Node, TypedArray } from '@gltf-transform/core';
import type { CadModel, CadNode, CadPart } from './cadModel.js';
import { type LinearColor, toHex } from './colors.js';
import type { Appearance } from './instanceLooks.js';
import { groupLook } from './surfaceLooks.js';
import { isRigid, multiply, type Transform, translation } from './transforms.js';

/** Neutral grey for parts the file gives no colour. */
const UNCOLORED: LinearColor = [0.5, 0.5, 0.5];

export interface Glb {
  bytes: Uint8Array;
  triangleCount: number;
  materialCount: number;
  nodeCount: number;
}

/** Writes a model as binary glTF: metres, Y up, the tree of occurrences with one mesh for all instances of a part.
 * Every node of a part carries `extras: { partId, partName, objectId }`. The same model gives the same bytes. */
export async function writeGlb(model: CadModel, generator: string): Promise<Glb> {
  const { Document, NodeIO } = await import('@gltf-transform/core');
  const document = new Document();
  const root = document.getRoot();
  root.getAsset().generator = generator;
  const materials = new MaterialSet(document);
  const meshes = new MeshSet(document, materials);
  const scene = document.createScene('Scene');
  root.setDefaultScene(scene);
  let triangleCount = 0;
  let nodeCount = 0;

  const toNode = (node: CadNode): Node => {
    const created = document.createNode(node.instanceName ?? node.name);
    nodeCount++;
    const { part } = node;
    place(created, part ? multiply(node.placement, translation(part.shape.offset)) : node.placement);
    if (part) {
      triangleCount += part.shape.triangleCount;
      created
        .setMesh(meshes.of(part, node.look))
        .setExtras({ partId: part.partId, partName: part.name, objectId: node.objectId });
    } else created.setExtras({ objectId: node.objectId, assemblyName: node.name });
    for (const child of node.children) created.addChild(toNode(child));
    return created;
  };
  for (const node of model.roots) scene.addChild(toNode(node));
  const bytes = await new NodeIO().writeBinary(document);
  return { bytes, triangleCount, materialCount: root.listMaterials().length, nodeCount };
}

/** Materials by value: equal colours share one. */
class MaterialSet {
  private readonly known = new Map<string, Material>();

  constructor(private readonly document: Document) {}

  of({ color, opacity }: ReturnType<typeof groupLook>, { isOpen }: CadPart): Material {
    const look = `${opacity < 1 ? ` ${Math.round(opacity * 100)}%` : ''}${isOpen ? ' two-sided' : ''}`;
    const name = `${color ? `cad ${toHex(color)}` : 'cad uncoloured'}${look}`;
    let material = this.known.get(name);
    if (!material) {
      const [r, g, b] = (color ?? UNCOLORED).map((channel) => Math.round(channel * 1e6) / 1e6);
      material = this.document
        .createMaterial(name)
        .setBaseColorFactor([r!, g!, b!, opacity])
        .setAlphaMode(opacity < 1 ? 'BLEND' : 'OPAQUE')
        .setMetallicFactor(0)
        .setRoughnessFactor(0.5)
        .setDoubleSided(isOpen);
      this.known.set(name, material);
    }
    return material;
  }
}

/** CAD axes in millimetres to glTF's in metres: `(x, y, z) → (x, z, -y) / 1000`. */
function toGltf(source: Float32Array, scale: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(source.length);
  for (let at = 0; at < source.length; at += 3) {
    out[at] = source[at]! * scale;
    out[at + 1] = source[at + 2]! * scale;
    out[at + 2] = -source[at + 1]! * scale;
  }
  return out;
}

/** One mesh for all instances of a part that look the same. Those that look otherwise share its points and triangles, too. */
class MeshSet {
  private readonly known = new Map<CadPart, Map<string, Mesh>>();
  private readonly buffer: Buffer;

  constructor(
    private readonly document: Document,
    private readonly materials: MaterialSet,
  ) {
    this.buffer = document.createBuffer();
  }

  of(part: CadPart, look: Appearance | null): Mesh {
    const meshes = this.known.get(part) ?? new Map<string, Mesh>();
    this.known.set(part, meshes);
    const key = look ? lookKey(look) : '';
    let mesh = meshes.get(key);
    if (!mesh) {
      const [first] = meshes.values();
      mesh = first ? this.likeBefore(first, part, look) : this.meshOf(part, look);
      meshes.set(key, mesh);
    }
    return mesh;
  }

  private meshOf(part: CadPart, look: Appearance | null): Mesh {
    const { document } = this;
    const { shape } = part;
    const accessor = (type: 'VEC3' | 'SCALAR', array: TypedArray) =>
      document.createAccessor().setType(type).setArray(array).setBuffer(this.buffer);
    const position = accessor('VEC3', toGltf(shape.positions, 0.001));
    const normal = accessor('VEC3', toGltf(shape.normals, 1));
    const isSmall = shape.positions.length / 3 < 0xffff;
    const mesh = document.createMesh(part.name).setExtras({ partId: part.partId });
    for (const group of shape.groups) {
      const indices = isSmall ? Uint16Array.from(group.indices) : Uint32Array.from(group.indices);
      const primitive = document.createPrimitive().setAttribute('POSITION', position).setAttribute('NORMAL', normal);
      mesh.addPrimitive(
        primitive
          .setIndices(accessor('SCALAR', indices))
          .setMaterial(this.materials.of(groupLook(group, part, look), part)),
      );
    }
    return mesh;
  }

  private likeBefore(mesh: Mesh, part: CadPart, look: Appearance | null): Mesh {
    const copy = mesh.clone();
    for (const [at, primitive] of mesh.listPrimitives().entries()) {
      const material = this.materials.of(groupLook(part.shape.groups[at]!, part, look), part);
      copy.removePrimitive(primitive).addPrimitive(primitive.clone().setMaterial(material));
    }
    return copy;
  }
}

const lookKey = ({ color, opacity, hasAllFaces, patches }: Appearance) =>
  JSON.stringify([color, opacity, hasAllFaces, [...patches].map(([id, look]) => [id, look.color, look.opacity])]);

const tidy = (value: number) => Math.round(value * 1e9) / 1e9 + 0;

/** Gives a node a placement, turned to glTF axes. Scaled or mirrored ones need a matrix. */
function place(node: Node, t: Transform): void {
  const [r00, r01, r02, r10, r11, r12, r20, r21, r22] = [
    t[0]!,
    t[2]!,
    -t[1]!,
    t[8]!,
    t[10]!,
    -t[9]!,
    -t[4]!,
    -t[6]!,
    t[5]!,
  ];
  const move = [t[3]! / 1000, t[11]! / 1000, -t[7]! / 1000].map(tidy) as [number, number, number];
  if (!isRigid(t)) {
    node.setMatrix([r00, r10, r20, 0, r01, r11, r21, 0, r02, r12, r22, 0, ...move, 1]);
    return;
  }
  node.setTranslation(move).setRotation(quaternion(r00, r01, r02, r10, r11, r12, r20, r21, r22));
}

function quaternion(
  m00: number,
  m01: number,
  m02: number,
  m10: number,
  m11: number,
  m12: number,
  m20: number,
  m21: number,
  m22: number,
): [number, number, number, number] {
  const trace = m00 + m11 + m22;
  let q: [number, number, number, number];
  if (trace > 0) q = [m21 - m12, m02 - m20, m10 - m01, 1 + trace];
  else if (m00 > m11 && m00 > m22) q = [1 + m00 - m11 - m22, m01 + m10, m02 + m20, m21 - m12];
  else if (m11 > m22) q = [m01 + m10, 1 + m11 - m00 - m22, m12 + m21, m02 - m20];
  else q = [m02 + m20, m12 + m21, 1 + m22 - m00 - m11, m10 - m01];
  const length = Math.hypot(...q);
  return q.map((value) => tidy(value / length)) as [number, number, number, number];
}
