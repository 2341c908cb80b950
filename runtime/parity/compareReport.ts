import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { DomainError } from '../../modules/errors.js';
import type { JsonObject } from '../../modules/json.js';
import type { Platform } from '../platform.js';
import { localArtifact } from '../runs/moduleArtifacts.js';
import { compareDurations } from './compareDurations.js';
import { compareRoles } from './compareRoles.js';
import { type EndedRun, verdictOfFiles, verdictOfRuns } from './judge.js';
import { judgementOf } from './judgement.js';
import { policyOf } from './policy.js';
import { type ClaimedReport, type DifferenceFile, type FinishedReport, finishReport } from './reportStates.js';
import { readComparedRun } from './runFiles.js';

/** Makes a report that was claimed: compares what both runs yielded and writes verdict, figures and difference pictures.
 * A failure that is understood (no Blender here, say) ends the report as failed; others are thrown.
 * @returns false where the report was asked for again meanwhile. */
export async function compareReport(
  platform: Platform,
  claimed: ClaimedReport,
  { workRoot, signal, log }: { workRoot: string; signal: AbortSignal; log: Logger },
): Promise<boolean> {
  const workdir = await mkdtemp(path.join(workRoot, 'parity-'));
  const report = await platform.db.parityReport.findUniqueOrThrow({
    where: { id: claimed.id },
    include: { outputType: true, legacyRun: true, graphRun: true },
  });
  const policy = policyOf(report.outputType.parityPolicy);
  const files: DifferenceFile[] = [];
  const write = (finished: Pick<FinishedReport, 'status' | 'reasons'>, results: FinishedReport['results']) =>
    finishReport(platform.pool, claimed, {
      ...{ ...finished, results, files, judgement: judgementOf(results) },
      policy: policy as unknown as JsonObject,
    });
  try {
    const [legacyRun, graphRun] = [report.legacyRun, report.graphRun] as unknown as [EndedRun, EndedRun];
    const early = verdictOfRuns(legacyRun, graphRun);
    if (early) return await write(early, []);
    const [legacy, graph] = await Promise.all([
      readComparedRun(platform, report.legacyRunId),
      readComparedRun(platform, report.graphRunId),
    ]);
    const comparisons = await compareRoles({ legacy: legacy.artifacts, graph: graph.artifacts }, policy, {
      workdir,
      signal,
      log: (level, message) => log[level]({ reportId: claimed.id }, message),
      path: (ref) => localArtifact(platform.store, ref, workdir, signal),
      async keep(png, fileName, metadata) {
        const id = randomUUID();
        files.push({ id, fileName, metadata, ...(await platform.store.put(Readable.from([png]), signal)) });
        return id;
      },
    });
    const verdict = verdictOfFiles(comparisons, report.outputType.artifactKind, policy);
    return await write(verdict, [...comparisons, compareDurations(legacy, graph, policy.slowerFactor)]);
  } catch (error) {
    if (signal.aborted || !(error instanceof DomainError)) throw error;
    log.warn({ err: error, reportId: claimed.id }, 'two runs could not be compared');
    return await write({ status: 'failed', reasons: [`The runs could not be compared: ${error.message}`] }, []);
  } finally {
    await rm(workdir, { recursive: true, force: true });
  }
}
