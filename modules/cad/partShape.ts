import { type LinearColor, toHex } from './colors.js';
import type { BodyMesh } from './occtReader.js';
import { apply, type Transform, type Vec3 } from './transforms.js';

/** Faces of one colour. */
export interface FaceGroup {
  /** Null: the file gives none. */
  color: LinearColor | null;
  indices: Uint32Array;
  /** Only faces have the colour, no body. */
  isOfFaces: boolean;
  /** Of faces that look otherwise in single instances (`facePatches.ts`). */
  patch: number | null;
  /** Those that have triangles. */
  faceCount: number;
  areaMm2: number;
}

/** The mesh of a unique part: all its bodies, in its own coordinates (millimetres, CAD axes) less `offset`. */
export interface PartShape {
  positions: Float32Array;
  /** Unit length, one for each position. */
  normals: Float32Array;
  /** In order of first appearance. */
  groups: FaceGroup[];
  /** Taken off all positions so that parts far from their origin keep their precision. */
  offset: Vec3;
  /** sRGB hex of the whole part, and of faces that differ from it. */
  color: string | null;
  faceColors: string[];
  faceCount: number;
  /** Faces of the CAD model that came out without a triangle. */
  emptyFaceCount: number;
  triangleCount: number;
  areaMm2: number;
  /** 0 for open shells. */
  volumeMm3: number;
}

/** Above this many times a part's size, its distance from the origin eats into 32-bit precision. */
const FAR = 1000;

/** Joins a part's bodies into one mesh. Undefined when there is not one triangle. */
export function partShapeOf(bodies: readonly BodyMesh[], isOpen: boolean): PartShape | undefined {
  const triangleCount = bodies.reduce((sum, body) => sum + body.indices.length / 3, 0);
  if (triangleCount === 0) return undefined;

  const offset = offsetOf(bodies);
  const vertexCount = bodies.reduce((sum, body) => sum + body.positions.length / 3, 0);
  const positions = new Float32Array(vertexCount * 3);
  const normals = new Float32Array(vertexCount * 3);
  const groups = new Map<string, Omit<FaceGroup, 'indices' | 'areaMm2'> & { runs: Run[] }>();
  let base = 0;
  for (const body of bodies) {
    for (let at = 0; at < body.positions.length; at++) {
      positions[base * 3 + at] = body.positions[at]! - offset[at % 3]!;
    }
    unitNormals(body, normals, base * 3);
    for (const { first, last, color: faceColor, patch = null } of body.faces) {
      if (last < first) continue;
      const color = faceColor ?? body.color;
      const hex = color ? toHex(color) : '';
      const key = `${hex} ${patch}`;
      const group = groups.get(key) ?? { color, isOfFaces: true, patch, faceCount: 0, runs: [] };
      groups.set(key, group);
      group.faceCount++;
      if (!faceColor || (body.color && hex === toHex(body.color))) group.isOfFaces = false;
      const run = group.runs.at(-1);
      if (run && run.body === body && run.last + 1 === first) run.last = last;
      else group.runs.push({ body, base, first, last });
    }
    base += body.positions.length / 3;
  }

  const colors = colorsOf(bodies);
  const faces = bodies.flatMap((body) => body.faces);
  const { area, volume } = measure(bodies);
  return {
    positions,
    normals,
    groups: [...groups.values()].map(({ runs, ...group }) => ({
      ...group,
      indices: joinRuns(runs),
      areaMm2: runs.reduce((sum, run) => sum + areaOf(run), 0),
    })),
    offset,
    ...colors,
    faceCount: faces.length,
    emptyFaceCount: faces.filter((face) => face.last < face.first).length,
    triangleCount,
    areaMm2: area,
    volumeMm3: isOpen ? 0 : Math.abs(volume),
  };
}

/** Triangles of a body that follow each other; `base`: how many vertices come before those of the body. */
interface Run {
  body: BodyMesh;
  base: number;
  first: number;
  last: number;
}

function areaOf({ body, first, last }: Run): number {
  let area = 0;
  eachTriangle(body.positions, body.indices.subarray(first * 3, (last + 1) * 3), (_a, _b, _c, x, y, z) => {
    area += Math.hypot(x, y, z) / 2;
  });
  return area;
}

function joinRuns(runs: Run[]): Uint32Array {
  const indices = new Uint32Array(runs.reduce((sum, run) => sum + (run.last - run.first + 1) * 3, 0));
  let at = 0;
  for (const { body, base, first, last } of runs) {
    for (let source = first * 3; source < (last + 1) * 3; source++) indices[at++] = body.indices[source]! + base;
  }
  return indices;
}

function offsetOf(bodies: readonly BodyMesh[]): Vec3 {
  const { min, max } = boxOf(bodies.map((body) => body.positions));
  const centre = [0, 1, 2].map((axis) => (min[axis]! + max[axis]!) / 2) as Vec3;
  const size = Math.hypot(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
  return Math.max(...centre.map(Math.abs)) > FAR * size ? (centre.map(Math.round) as Vec3) : [0, 0, 0];
}

/** Writes a body's normals, made unit length; where there are none, those of the triangles around each vertex. */
function unitNormals(body: BodyMesh, into: Float32Array, at: number): void {
  const source = body.normals ?? facetNormals(body);
  let facets: Float64Array | undefined;
  for (let index = 0; index < source.length; index += 3) {
    let [x, y, z] = [source[index]!, source[index + 1]!, source[index + 2]!];
    let length = Math.hypot(x, y, z);
    if (!(length > 1e-12)) {
      facets ??= facetNormals(body);
      [x, y, z] = [facets[index]!, facets[index + 1]!, facets[index + 2]!];
      length = Math.hypot(x, y, z);
    }
    if (!(length > 1e-12)) [x, y, z, length] = [0, 0, 1, 1];
    into[at + index] = x / length;
    into[at + index + 1] = y / length;
    into[at + index + 2] = z / length;
  }
}

function facetNormals({ positions: p, indices }: BodyMesh): Float64Array {
  const sums = new Float64Array(p.length);
  eachTriangle(p, indices, (a, b, c, x, y, z) => {
    for (const corner of [a, b, c]) {
      sums[corner] = sums[corner]! + x;
      sums[corner + 1] = sums[corner + 1]! + y;
      sums[corner + 2] = sums[corner + 2]! + z;
    }
  });
  return sums;
}

/** Calls back with the offsets of the corners and twice the area vector. */
function eachTriangle(
  p: Float64Array,
  indices: Uint32Array,
  visit: (a: number, b: number, c: number, x: number, y: number, z: number) => void,
): void {
  for (let at = 0; at < indices.length; at += 3) {
    const [a, b, c] = [indices[at]! * 3, indices[at + 1]! * 3, indices[at + 2]! * 3];
    const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
    const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
    visit(a, b, c, uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx);
  }
}

/** Area, and signed volume from the tetrahedra between each triangle and a body's first point. */
function measure(bodies: readonly BodyMesh[]): { area: number; volume: number } {
  let area = 0;
  let volume = 0;
  for (const { positions: p, indices } of bodies) {
    const [ox, oy, oz] = [p[0] ?? 0, p[1] ?? 0, p[2] ?? 0];
    let signed = 0;
    eachTriangle(p, indices, (a, _b, _c, x, y, z) => {
      area += Math.hypot(x, y, z) / 2;
      signed += ((p[a]! - ox) * x + (p[a + 1]! - oy) * y + (p[a + 2]! - oz) * z) / 6;
    });
    volume += Math.abs(signed);
  }
  return { area, volume };
}

/** The part's colour: what its bodies agree on, else what all its faces agree on. Faces that differ come apart. */
function colorsOf(bodies: readonly BodyMesh[]): { color: string | null; faceColors: string[] } {
  const hex = (color: LinearColor | null) => (color ? toHex(color) : null);
  const ofBodies = new Set(bodies.map((body) => hex(body.color)));
  const ofFaces = new Set(
    bodies.flatMap((body) => body.faces.map((face) => hex(face.color ?? body.color))).filter((color) => color !== null),
  );
  const shared = ofBodies.size === 1 ? [...ofBodies][0]! : null;
  const color = shared ?? (ofFaces.size === 1 ? [...ofFaces][0]! : null);
  return { color, faceColors: [...ofFaces].filter((face) => face !== color) };
}

export interface Box {
  min: Vec3;
  max: Vec3;
}

export const emptyBox = (): Box => ({ min: [Infinity, Infinity, Infinity], max: [-Infinity, -Infinity, -Infinity] });

/** The box round points given as number triplets. */
export function boxOf(lists: readonly ArrayLike<number>[]): Box {
  const { min, max } = emptyBox();
  for (const list of lists) {
    for (let at = 0; at < list.length; at++) {
      const axis = at % 3;
      const value = list[at]!;
      if (value < min[axis]!) min[axis] = value;
      if (value > max[axis]!) max[axis] = value;
    }
  }
  return { min, max };
}

export function growBox(box: Box, { min, max }: Box): void {
  for (let axis = 0; axis < 3; axis++) {
    box.min[axis] = Math.min(box.min[axis]!, min[axis]!);
    box.max[axis] = Math.max(box.max[axis]!, max[axis]!);
  }
}

/** The tight box of a part's mesh after a transform. */
export function placedBox(shape: PartShape, placement: Transform): Box {
  const box = emptyBox();
  const { positions: p, offset } = shape;
  const [tx, ty, tz] = apply(placement, offset);
  for (let row = 0; row < 3; row++) {
    const [x, y, z] = [placement[row * 4]!, placement[row * 4 + 1]!, placement[row * 4 + 2]!];
    let low = Infinity;
    let high = -Infinity;
    for (let at = 0; at < p.length; at += 3) {
      const value = x * p[at]! + y * p[at + 1]! + z * p[at + 2]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    const shift = [tx, ty, tz][row]!;
    box.min[row] = low + shift;
    box.max[row] = high + shift;
  }
  return box;
}
