import type { Comparison } from './results.js';

/** What a report looked at, as a number that rises with it; one that looked at less than reports do now says nothing of the rest, and does
 * not count towards `graph`. 1: what files show. 2: also from where the camera saw the product. */
export const JUDGEMENT = 2;

/** Roles of files in which the modules note where the camera stood. */
const WITH_CAMERA: ReadonlySet<string> = new Set(['still_image', 'turntable_video']);

/** What was looked at in these comparisons: files that were made before cameras were noted can only be compared by what they show. */
export const judgementOf = (comparisons: readonly Comparison[]): number =>
  comparisons.every(({ role, kind, figures }) => {
    const hasCamera = figures.some(({ key, difference }) => key === 'camera' && difference !== null);
    return !WITH_CAMERA.has(role) || kind === 'missing' || hasCamera;
  })
    ? JUDGEMENT
    : 1;

/** Why a passed report does not count towards `graph`, in a sentence; null: it may. */
export const shortOf = (judgement: number | null): string | null =>
  judgement !== null && judgement < JUDGEMENT
    ? 'It does not count towards the workflow: it does not compare from where the camera saw the product. Judge it again; if it says the same then, its files were made before that was noted: order anew.'
    : null;
