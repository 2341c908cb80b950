import path from 'node:path';
import type { ArtifactRef } from '../artifacts.js';
import type { ModuleContext } from '../context.js';
import type { JobResult } from './occtJobs.js';
import type { Tessellation } from './tessellation.js';
import type { WebModelSpec } from './webModel.js';

const HEARTBEAT_MS = 2000;
/** The child reports 0.8 when OpenCascade is done. */
const CREEP_TO = 0.79;

/** Runs a job on a STEP artifact in the CAD child process; warnings go to the node's log.
 * @param outName - file in the workdir the job writes to.
 * @param copies - lighter copies to write as well; for `glb`. */
export async function readModel(
  ctx: ModuleContext,
  step: ArtifactRef,
  op: 'bbox' | 'objects' | 'glb',
  tessellation: Tessellation,
  outName: string,
  copies: WebModelSpec[] = [],
): Promise<JobResult & { outPath: string }> {
  const { cadReaders } = await import('./occt.js');
  const stepPath = await ctx.artifacts.path(step);
  const outPath = path.join(ctx.workdir, outName);
  const heartbeat = startHeartbeat(ctx);
  const job = { stepPath, sha256: step.sha256, tessellation, outPath };
  const result = await cadReaders
    .run(op === 'glb' ? { op, ...job, copies } : { op, ...job }, {
      signal: ctx.signal,
      onProgress: heartbeat.report,
    })
    .finally(heartbeat.stop);
  for (const warning of result.warnings) ctx.log('warn', warning);
  return { ...result, outPath };
}

/** OpenCascade meshes for seconds or minutes without a word; meanwhile this shows that time passes.
 * The bar creeps towards the next real report and never overtakes it. */
function startHeartbeat(ctx: ModuleContext) {
  const startedAt = Date.now();
  let shown = 0;
  let latest = 'Waiting for the CAD reader';
  const timer = setInterval(() => {
    shown += Math.max(0, CREEP_TO - shown) * 0.05;
    ctx.progress(shown, `${latest} (${Math.round((Date.now() - startedAt) / 1000)} s)`);
  }, HEARTBEAT_MS);
  return {
    report(fraction: number, message: string) {
      shown = Math.max(shown, fraction);
      latest = message;
      ctx.progress(shown, message);
    },
    stop: () => clearInterval(timer),
  };
}

/** A file name with another ending: `bearing.step` → `bearing.glb`. */
export function withEnding(fileName: string, ending: string): string {
  return `${fileName.replace(/\.(?:step|stp|p21)$/i, '')}${ending}`;
}
