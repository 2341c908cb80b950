import { createRequire } from 'node:module';
import type { Document, GLTF, NodeIO } from '@gltf-transform/core';

export type Compression = 'none' | 'meshopt' | 'draco';

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
  const { Logger, NodeIO } = await import('@gltf-transform/core');
  const io = new NodeIO();
  const document = await io.readBinary(glb);
  // The library tells of every step it takes.
  document.setLogger(new Logger(Logger.Verbosity.SILENT));
  if (keep < 1) await simplify(document, keep);
  await COMPRESS[compression](document, io);
  const bytes = await io.writeBinary(document);
  return { bytes, triangleCount: countTriangles((await io.binaryToJSON(bytes)).json) };
}

/** Readies a document and its writer; the compression itself happens as it is written. */
const COMPRESS: Record<Compression, (document: Document, io: NodeIO) => Promise<void>> = {
  async none() {},

  async meshopt(document, io) {
    const [{ EXTMeshoptCompression, KHRMeshQuantization }, { meshopt }, { MeshoptEncoder }] = await Promise.all([
      import('@gltf-transform/extensions'),
      import('@gltf-transform/functions'),
      import('meshoptimizer/encoder'),
    ]);
    await MeshoptEncoder.ready;
    io.registerExtensions([EXTMeshoptCompression, KHRMeshQuantization]);
    io.registerDependencies({ 'meshopt.encoder': MeshoptEncoder });
    await document.transform(meshopt({ encoder: MeshoptEncoder, level: 'medium' }));
  },

  async draco(document, io) {
    const [{ KHRDracoMeshCompression }, { draco }] = await Promise.all([
      import('@gltf-transform/extensions'),
      import('@gltf-transform/functions'),
    ]);
    const { createEncoderModule } = createRequire(import.meta.url)('draco3dgltf') as {
      createEncoderModule(): Promise<unknown>;
    };
    io.registerExtensions([KHRDracoMeshCompression]);
    io.registerDependencies({ 'draco3d.encoder': await createEncoderModule() });
    await document.transform(draco());
  },
};

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

/** Of the file as written: Draco leaves out triangles that have no area. */
function countTriangles({ nodes = [], meshes = [], accessors = [] }: GLTF.IGLTF): number {
  const primitives = nodes.flatMap(({ mesh }) => (mesh === undefined ? [] : meshes[mesh]!.primitives));
  return primitives.reduce((sum, { indices }) => sum + accessors[indices!]!.count / 3, 0);
}
