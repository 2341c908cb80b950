import type { Document } from '@gltf-transform/core';

export const COMPRESSIONS = ['none', 'meshopt'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** A copy of a model for viewers: lighter by compression, by fewer triangles, or both. */
export interface WebModelSpec {
  outPath: string;
  compression: Compression;
  /** Triangles to keep, 0..1; 1 keeps all. */
  keep: number;
}

export interface WebModel {
  bytes: Uint8Array;
  /** With all instances counted. */
  triangleCount: number;
}

/** How far simplifying may move a surface, relative to the part's size. What it cannot do within that stays finer. */
const MAX_ERROR = 0.03;

/** Makes a lighter copy of a binary glTF. Tree, names, extras and materials stay; the same input gives the same bytes. */
export async function writeWebModel(
  glb: Uint8Array,
  { compression, keep }: Omit<WebModelSpec, 'outPath'>,
): Promise<WebModel> {
  const [{ NodeIO }, { EXTMeshoptCompression, KHRMeshQuantization }, { meshopt }, { MeshoptEncoder }] =
    await Promise.all([
      import('@gltf-transform/core'),
      import('@gltf-transform/extensions'),
      import('@gltf-transform/functions'),
      import('meshoptimizer/encoder'),
    ]);
  await MeshoptEncoder.ready;
  const io = new NodeIO()
    .registerExtensions([EXTMeshoptCompression, KHRMeshQuantization])
    .registerDependencies({ 'meshopt.encoder': MeshoptEncoder });
  const document = await io.readBinary(glb);
  // The library tells of every step it takes.
  const { Logger } = await import('@gltf-transform/core');
  document.setLogger(new Logger(Logger.Verbosity.SILENT));
  if (keep < 1) await simplify(document, keep);
  if (compression === 'meshopt') await document.transform(meshopt({ encoder: MeshoptEncoder, level: 'medium' }));
  return { bytes: await io.writeBinary(document), triangleCount: countTriangles(document) };
}

async function simplify(document: Document, keep: number): Promise<void> {
  const [{ simplifyPrimitive, weldPrimitive }, { MeshoptSimplifier }] = await Promise.all([
    import('@gltf-transform/functions'),
    import('meshoptimizer/simplifier'),
  ]);
  await MeshoptSimplifier.ready;
  for (const mesh of document.getRoot().listMeshes()) {
    const primitives = mesh.listPrimitives();
    for (const primitive of primitives) {
      weldPrimitive(primitive);
      // Where colours meet, neither side may move, or gaps would open.
      const lockBorder = primitives.length > 1;
      simplifyPrimitive(primitive, { simplifier: MeshoptSimplifier, ratio: keep, error: MAX_ERROR, lockBorder });
    }
  }
}

function countTriangles(document: Document): number {
  const nodes = document.getRoot().listNodes();
  const primitives = nodes.flatMap((node) => node.getMesh()?.listPrimitives() ?? []);
  return primitives.reduce((sum, primitive) => sum + primitive.getIndices()!.getCount() / 3, 0);
}
