import type { JsonObject } from '../../modules/json.js';
import { Viewpoint } from '../../modules/shapes/viewpoint.js';
import { atMost, rounded, shareApart, told } from './figures.js';
import type { Figure } from './results.js';
import { reasonsOf } from './sentences.js';

/** What the modules write beside pictures and films, from where a camera looked: `Viewpoint`. */
const NOTED = {
  camera: 'Camera',
  lastCamera: 'Camera at the end',
} as const;

export const isCameraNote = (key: string): boolean => Object.hasOwn(NOTED, key);

/** Whether both sides looked from the same place: of a product that is the same all round, no picture tells.
 * @param limit - most that a camera may be off, as in `cameraMove`. */
export function cameraFigures(legacy: JsonObject, graph: JsonObject, limit: number): Figure[] {
  return Object.entries(NOTED).flatMap(([key, label]) => {
    if (!legacy[key] && !graph[key]) return [];
    const named = { key, label, unit: 'share' };
    const [left, right] = [legacy, graph].map((metadata) => Viewpoint.safeParse(metadata[key]));
    if (left?.data && right?.data) return [atMost(named, cameraMove(left.data, right.data), limit)];
    // What was kept since before cameras were noted.
    const said = (side: typeof left) => (side?.data ? 'noted' : 'not noted');
    return [told({ key, label }, said(left), said(right))];
  });
}

export const cameraReasons = (figures: readonly Figure[]): string[] =>
  reasonsOf(figures, {
    camera: () => 'The camera stands, looks or zooms differently.',
    lastCamera: ({ key }) =>
      figures.some(({ key: other, verdict }) => other !== key && verdict === 'differs')
        ? ''
        : 'The turn ends somewhere else: the camera stands, looks or zooms differently.',
  });

/** The most that a camera is off: in place as a share of its distance from the origin, in direction (0.01 is about half a degree), or in
 * lens as a share. */
export function cameraMove(legacy: Viewpoint, graph: Viewpoint): number {
  const apart = (a: number[], b: number[]) => Math.hypot(...a.map((value, axis) => value - b[axis]!));
  const distance = Math.max(Math.hypot(...legacy.atMm), 1);
  return rounded(
    Math.max(
      apart(legacy.atMm, graph.atMm) / distance,
      apart(legacy.forward, graph.forward),
      apart(legacy.up, graph.up),
      shareApart(legacy.lensMm, graph.lensMm),
    ),
  );
}
