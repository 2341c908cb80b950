import { told } from './figures.js';
import type { Comparison, Figure } from './results.js';
import type { ComparedRun } from './runFiles.js';

/** Shorter than this nobody minds, whatever the factor. */
const NOTICEABLE_MS = 1_000;

/** How long both took, step by step and as a whole. Slower is a warning, never a difference: machines are busy. */
export function compareDurations(legacy: ComparedRun, graph: ComparedRun, slowerFactor: number): Comparison {
  const others = new Map(graph.steps.map((step) => [step.step, step]));
  const steps = legacy.steps.flatMap(({ step, durationMs, isReused }) => {
    const other = others.get(step);
    if (!other) return [];
    const isTelling = !isReused && !other.isReused;
    const label = step.replaceAll('_', ' ');
    return [
      timed(
        `step:${step}`,
        isTelling ? label : `${label} (result reused)`,
        durationMs,
        other.durationMs,
        isTelling ? slowerFactor : null,
      ),
    ];
  });
  const wasReused = [...legacy.steps, ...graph.steps].some(({ isReused }) => isReused);
  const total =
    legacy.durationMs === null || graph.durationMs === null
      ? []
      : [timed('total', 'Whole run', legacy.durationMs, graph.durationMs, wasReused ? null : slowerFactor)];
  return {
    role: 'durations',
    position: 1,
    kind: 'duration',
    verdict: 'passed',
    isIdentical: false,
    legacyArtifactId: null,
    graphArtifactId: null,
    figures: [...total, ...steps],
    samples: [],
    reasons: [],
  };
}

function timed(key: string, label: string, legacy: number, graph: number, factor: number | null): Figure {
  const isSlow = factor !== null && graph > legacy * factor && graph - legacy > NOTICEABLE_MS;
  return { ...told({ key, label, unit: 'ms' }, legacy, graph), limit: factor, verdict: isSlow ? 'warning' : 'passed' };
}
