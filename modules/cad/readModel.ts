import path from 'node:path';
import type { ArtifactRef } from '../artifacts.js';
import type { ModuleContext } from '../context.js';
import type { JobResult } from './occtJobs.js';
import type { Tessellation } from './tessellation.js';

/** Runs a job on a STEP artifact in the CAD child process; warnings go to the node's log.
 * @param outName - file in the workdir the job writes to. */
export async function readModel(
  ctx: ModuleContext,
  step: ArtifactRef,
  op: 'bbox' | 'objects' | 'glb',
  tessellation: Tessellation,
  outName: string,
): Promise<JobResult & { outPath: string }> {
  const { cadReaders } = await import('./occt.js');
  const stepPath = await ctx.artifacts.path(step);
  const outPath = path.join(ctx.workdir, outName);
  const result = await cadReaders.run(
    { op, stepPath, sha256: step.sha256, tessellation, outPath },
    { signal: ctx.signal, onProgress: (fraction, message) => ctx.progress(fraction, message) },
  );
  for (const warning of result.warnings) ctx.log('warn', warning);
  return { ...result, outPath };
}

/** A file name with another ending: `bearing.step` → `bearing.glb`. */
export function withEnding(fileName: string, ending: string): string {
  return `${fileName.replace(/\.(?:step|stp|p21)$/i, '')}${ending}`;
}
