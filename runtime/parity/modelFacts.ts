import type { Node } from '@gltf-transform/core';

interface ModelPart {
  name: string;
  /** Path of names from the scene, `/` between. */
  instances: string[];
  /** Names of its materials with what they look like, sorted. */
  materials: string[];
}

/** What a 3D model is made of, in words and numbers that can be compared. */
export interface ModelFacts {
  /** Millimetres, glTF axes (Y up); zeros where it shows nothing. */
  bboxMm: { min: number[]; max: number[] };
  triangleCount: number;
  /** By part name, sorted. */
  parts: ModelPart[];
}

/** @throws what gltf-transform throws where it is no GLB. */
export async function readModelFacts(file: string): Promise<ModelFacts> {
  const [{ NodeIO, getBounds, Primitive }, { ALL_EXTENSIONS }, { readFile }] = await Promise.all([
    import('@gltf-transform/core'),
    import('@gltf-transform/extensions'),
    import('node:fs/promises'),
  ]);
  const doc = await new NodeIO().registerExtensions(ALL_EXTENSIONS).readBinary(await readFile(file));
  const scene = doc.getRoot().getDefaultScene() ?? doc.getRoot().listScenes()[0];
  const parts = new Map<string, { instances: string[]; materials: Set<string> }>();
  let triangleCount = 0;
  const visit = (node: Node, above: string) => {
    const { partName } = node.getExtras();
    const name = typeof partName === 'string' ? partName : node.getName();
    const where = `${above}/${node.getName()}`;
    const mesh = node.getMesh();
    if (mesh) {
      const part = parts.get(name) ?? { instances: [], materials: new Set<string>() };
      parts.set(name, part);
      part.instances.push(where);
      for (const primitive of mesh.listPrimitives()) {
        part.materials.add(look(primitive.getMaterial()));
        if (primitive.getMode() !== Primitive.Mode.TRIANGLES) continue;
        const vertices = (primitive.getIndices() ?? primitive.getAttribute('POSITION'))?.getCount() ?? 0;
        triangleCount += vertices / 3;
      }
    }
    for (const child of node.listChildren()) visit(child, where);
  };
  for (const top of scene?.listChildren() ?? []) visit(top, '');
  const bounds = scene && parts.size > 0 ? getBounds(scene) : { min: [0, 0, 0], max: [0, 0, 0] };
  const mm = (corner: number[]) => corner.map((metres) => metres * 1000);
  return {
    bboxMm: { min: mm(bounds.min), max: mm(bounds.max) },
    triangleCount,
    parts: [...parts]
      .map(([name, { instances, materials }]) => ({
        name,
        instances: instances.sort(),
        materials: [...materials].sort(),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

type Material = ReturnType<import('@gltf-transform/core').Primitive['getMaterial']>;

/** Name and values: a material that kept its name and lost its colour is another one. */
function look(material: Material): string {
  if (!material) return 'none';
  const color = material.getBaseColorFactor().map((value) => value.toFixed(3));
  return `${material.getName()} (${color.join(' ')}, metallic ${material.getMetallicFactor().toFixed(2)}, roughness ${material.getRoughnessFactor().toFixed(2)})`;
}
