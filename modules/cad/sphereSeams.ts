import type { Part21File } from './part21.js';
import type { Edit } from './part21Edits.js';
import { argRanges, argsOf, enumOf, numbersOf, refOf, refsOf } from './part21Values.js';
import type { Vec3 } from './transforms.js';

/** Record types the cure needs listed. */
export const SPHERE_TYPES: readonly string[] = ['SPHERICAL_SURFACE', 'ADVANCED_FACE', 'FACE_SURFACE'];

/** How far an opening's middle may lie off the axis through both, in radii. */
const MAX_OFFSET = 0.25;

/** Straightens faces of spheres that OpenCascade reads as the wrong side of the sphere.
 *
 * A ball pocket is a zone of a sphere between two openings. Some exporters cut the zone open along the sphere's seam: its
 * boundary runs from an opening to a pole and back. Both poles then lie inside the face, and unless the seam happens to
 * point at an opening OpenCascade takes everything *but* the zone. A sphere has no axis of its own, so the face gets
 * one through both openings, and the cuts go: a plain band with its poles outside, which reads without doubt.
 * @param firstId - first of the ids that new records may have. */
export function cureSphereSeams(file: Part21File, firstId = file.highestId + 1): Edit[] {
  const edits: Edit[] = [];
  const records: string[] = [];
  const spheres = new Set(file.idsOf('SPHERICAL_SURFACE'));
  if (spheres.size === 0) return edits;
  let nextId = firstId;
  for (const type of ['ADVANCED_FACE', 'FACE_SURFACE']) {
    for (const face of file.idsOf(type)) {
      const args = argsOf(file, face);
      const surface = refOf(args?.[2]);
      if (!spheres.has(surface)) continue;
      const loops = refsOf(args?.[1]).map((bound) => refOf(argsOf(file, bound)?.[1]));
      const cutLoops = loops.map((loop) => (file.typeOf(loop) === 'EDGE_LOOP' ? refsOf(argsOf(file, loop)?.[1]) : []));
      const kept = cutLoops.map((loop) => withoutCuts(file, loop));
      const isCut = kept.some((loop, at) => loop.length < cutLoops[at]!.length);
      if (loops.length !== 2 || !isCut || kept.some((loop) => loop.length === 0)) continue;

      const [here, there] = kept.map((loop) => middleOf(file, loop));
      const [, position, radius] = argsOf(file, surface) ?? [];
      const centre = refOf(argsOf(file, refOf(position))?.[1]);
      const axis = here && there && direction(here, there);
      const range = file.rangeOf(face);
      const surfaceRange = range && argRanges(file.bytes, range)[2];
      if (!axis || !centre || !surfaceRange || typeof radius !== 'number') continue;
      // Openings that do not face each other leave the new poles inside the face too.
      const middle = numbersOf(argsOf(file, centre)?.[1]) as Vec3;
      if (![here, there].every((opening) => distance(opening!, middle, axis) < MAX_OFFSET * radius)) continue;

      for (const [at, loop] of loops.entries()) {
        const loopRange = file.rangeOf(loop);
        const list = loopRange && argRanges(file.bytes, loopRange)[1];
        if (list) edits.push({ ...list, text: `(${kept[at]!.map((edge) => `#${edge}`).join()})` });
      }
      edits.push({ ...surfaceRange, text: `#${nextId}` });
      records.push(
        `#${nextId}=SPHERICAL_SURFACE('',#${nextId + 1},${real(radius)});`,
        `#${nextId + 1}=AXIS2_PLACEMENT_3D('',#${centre},#${nextId + 2},$);`,
        `#${nextId + 2}=DIRECTION('',(${axis.map(real).join()}));`,
      );
      nextId += 3;
    }
  }
  if (records.length > 0) edits.push({ start: file.dataEnd, end: file.dataEnd, text: `${records.join('\n')}\n` });
  return edits;
}

/** A loop's oriented edges without those that go along an edge and straight back. */
function withoutCuts(file: Part21File, loop: readonly number[]): number[] {
  const uses = loop.map((id) => {
    const args = argsOf(file, id);
    return { id, edge: refOf(args?.[3]), sense: enumOf(args?.[4]) };
  });
  for (let at = 0; at < uses.length && uses.length > 2; at++) {
    const before = (at + uses.length - 1) % uses.length;
    const [a, b] = [uses[before]!, uses[at]!];
    if (a.edge === 0 || a.edge !== b.edge || a.sense === b.sense) continue;
    uses.splice(Math.max(at, before), 1);
    uses.splice(Math.min(at, before), 1);
    at = -1;
  }
  return uses.map((use) => use.id);
}

/** About the middle of what a loop encloses: the mean of its corners and of the poles of its curves. */
function middleOf(file: Part21File, loop: readonly number[]): Vec3 | undefined {
  const sum: Vec3 = [0, 0, 0];
  let count = 0;
  const add = (point: number) => {
    const at = numbersOf(argsOf(file, point)?.[1]);
    if (file.typeOf(point) !== 'CARTESIAN_POINT' || at.length !== 3) return;
    for (let axis = 0; axis < 3; axis++) sum[axis]! += at[axis]!;
    count++;
  };
  for (const use of loop) {
    const [, start, end, curve] = argsOf(file, refOf(argsOf(file, use)?.[3])) ?? [];
    for (const vertex of [start, end]) add(refOf(argsOf(file, refOf(vertex))?.[1]));
    const args = argsOf(file, refOf(curve)) ?? [];
    for (const arg of args) for (const point of refsOf(arg)) add(point);
    // A circle has its middle on the axis of the opening.
    const placement = argsOf(file, refOf(args[1]));
    if (file.typeOf(refOf(curve)) === 'CIRCLE') add(refOf(placement?.[1]));
  }
  return count > 0 ? (sum.map((value) => value / count) as Vec3) : undefined;
}

/** How far a point is from the line through `on` along `axis`. */
function distance(point: Vec3, on: Vec3, axis: Vec3): number {
  const way = point.map((value, at) => value - on[at]!) as Vec3;
  const along = way[0] * axis[0] + way[1] * axis[1] + way[2] * axis[2];
  return Math.hypot(...way.map((value, at) => value - along * axis[at]!));
}

function direction(from: Vec3, to: Vec3): Vec3 | undefined {
  const way: Vec3 = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  const length = Math.hypot(...way);
  return length > 1e-9 ? (way.map((value) => value / length) as Vec3) : undefined;
}

/** A number as Part 21 writes it: always with a decimal point. */
function real(value: number): string {
  const [mantissa = '0', exponent] = String(value).split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.`}${exponent ? `E${exponent}` : ''}`;
}
