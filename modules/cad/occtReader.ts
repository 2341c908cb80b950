import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { LinearColor } from './colors.js';
import { OcctBridge } from './occtBridge.js';
import type { Tessellation } from './tessellation.js';

/** One body as OpenCascade meshed it: millimetres, CAD axes. */
export interface BodyMesh {
  positions: Float64Array;
  /** Null where OpenCascade could not tell them. */
  normals: Float64Array | null;
  indices: Uint32Array;
  color: LinearColor | null;
  /** B-rep faces as inclusive ranges of triangles; a face without triangles has `last < first`.
   * `patch`: of faces that look otherwise in single instances. */
  faces: { first: number; last: number; color: LinearColor | null; patch?: number }[];
}

/** What a root of the file came out as. */
export interface RootShape {
  name: string;
  bodies: BodyMesh[];
}

export interface OcctResult {
  success: boolean;
  roots: RootShape[];
  /** OpenCascade's own words on what went wrong, without blank lines. */
  log: string[];
}

interface OcctNode {
  name: string;
  meshes: number[];
  children: OcctNode[];
}
interface OcctMesh {
  color?: [number, number, number];
  brep_faces: { first: number; last: number; color: [number, number, number] | null }[];
  attributes: { position: { array: number[] }; normal?: { array: number[] } };
  index: { array: number[] };
}
interface Occt {
  ReadStepFile(bytes: unknown, params: object): { success: boolean; root?: OcctNode; meshes?: OcctMesh[] };
}

interface Instance {
  occt: Occt;
  bridge: OcctBridge;
}

let compiled: Promise<WebAssembly.Module> | undefined;
let loaded: Promise<Instance> | undefined;
let log: string[] = [];

function load(): Promise<Instance> {
  loaded ??= instantiate();
  return loaded;
}

/** OpenCascade's code, compiled once a process; threads may share it. */
export function compileOcct(): Promise<WebAssembly.Module> {
  compiled ??= readFile(createRequire(import.meta.url).resolve('occt-import-js/dist/occt-import-js.wasm')).then(
    (bytes) => WebAssembly.compile(new Uint8Array(bytes)),
  );
  return compiled;
}

/** Takes over what another thread has compiled. */
export function useCompiled(module: WebAssembly.Module): void {
  compiled = Promise.resolve(module);
}

async function instantiate(): Promise<Instance> {
  const occtimportjs = createRequire(import.meta.url)('occt-import-js') as (options: object) => Promise<Occt>;
  const module = await compileOcct();
  const bridge = new OcctBridge();
  const note = (line: string) => {
    if (line.trim() && log.length < 200) log.push(line.trim());
  };
  const occt = await occtimportjs({
    print: note,
    printErr: note,
    instantiateWasm(imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) {
      bridge.install(imports);
      const instance = new WebAssembly.Instance(module, imports);
      bridge.attach(instance);
      return receive(instance) ?? instance.exports;
    },
  });
  return { occt, bridge };
}

/** Loads OpenCascade ahead of its first use; a failure shows when it is used. */
export async function preloadOcct(): Promise<void> {
  await load().catch(() => {
    loaded = undefined;
  });
}

/** Reads and meshes a STEP file. Blocks for as long as OpenCascade takes; only for threads that have nothing else to do.
 * @throws whatever OpenCascade traps with; the instance is dropped then, with whatever state that left it in. */
export async function readStep(bytes: Uint8Array, tessellation: Tessellation): Promise<OcctResult> {
  const { occt, bridge } = await load();
  const { linear, angularRad } = tessellation;
  log = [];
  try {
    const result = occt.ReadStepFile(bridge.open(bytes), {
      linearUnit: 'millimeter',
      linearDeflectionType: 'mm' in linear ? 'absolute_value' : 'bounding_box_ratio',
      linearDeflection: 'mm' in linear ? linear.mm : linear.ratio,
      angularDeflection: angularRad,
    });
    const meshes = result.meshes ?? [];
    const roots = (result.root?.children ?? []).map((node) => ({ name: node.name, bodies: bodiesOf(node, meshes) }));
    return { success: result.success, roots, log };
  } catch (error) {
    loaded = undefined;
    throw error;
  } finally {
    bridge.close();
  }
}

function bodiesOf(node: OcctNode, meshes: OcctMesh[]): BodyMesh[] {
  const own = node.meshes.map((index) => bodyOf(meshes[index]!));
  return [...own, ...node.children.flatMap((child) => bodiesOf(child, meshes))];
}

function bodyOf(mesh: OcctMesh): BodyMesh {
  const normals = mesh.attributes.normal?.array;
  const body: BodyMesh = {
    positions: Float64Array.from(mesh.attributes.position.array),
    normals: normals ? Float64Array.from(normals) : null,
    indices: Uint32Array.from(mesh.index.array),
    color: mesh.color ?? null,
    faces: mesh.brep_faces,
  };
  return body;
}
