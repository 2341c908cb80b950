import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../modules/errors.js';
import type { JsonObject } from '../../modules/json.js';
import { LEGACY_FAMILY } from '../../workflow/families.js';
import type { Finding } from '../../workflow/finding.js';
import { GRAPH_FORMAT } from '../../workflow/graph.js';
import { addressedBySteps } from '../../workflow/legacy/address.js';
import { isLegacyKind, LEGACY_KINDS, legacyParams } from '../../workflow/legacy/invocation.js';
import type { Plan } from '../../workflow/plan.js';
import { shadowPlan } from '../../workflow/shadowPlan.js';
import { dispatchLegacyRun, type NewRun, type NewShadow, type StoredPlan } from '../engine/engine.js';
import { keyReused, ValidationError } from '../errors.js';
import type { Platform } from '../platform.js';
import { enqueueReady } from '../runs/enqueueReady.js';
import { buildEntry } from '../runs/entry.js';
import { type OrderSubject, prepareGraphRun } from '../runs/prepareRun.js';
import { hashPlan } from '../runs/startRun.js';
import { type LegacySettings, legacySettings } from './pipeline.js';
import { legacyPlan } from './plan.js';

/** A legacy run with nothing left to decide; nothing of it is written yet. */
export interface PreparedLegacyRun {
  subject: OrderSubject;
  settings: LegacySettings;
  graph: StoredPlan['graph'];
  plan: Plan;
  entry: JsonObject;
  /** Values that no step takes. */
  unused: Finding[];
}

/** Fixes what a legacy run of the order line is asked for and will read.
 * @throws ValidationError `LEGACY_KIND_UNSUPPORTED`, `LEGACY_SETTINGS_INVALID`. */
export async function prepareLegacyRun(platform: Platform, subject: OrderSubject): Promise<PreparedLegacyRun> {
  const { outputType, options } = subject.orderLine;
  const { artifactKind } = outputType;
  if (!isLegacyKind(artifactKind))
    throw new ValidationError(
      `The legacy pipeline cannot make a ${artifactKind.replaceAll('_', ' ')} for "${outputType.name}"; it makes ${LEGACY_KINDS.join(', ').replaceAll('_', ' ')}.`,
      [],
      [],
      'LEGACY_KIND_UNSUPPORTED',
    );
  // Settings for one node alone are said for the graph that the output type is linked to.
  const { graph } = outputType.pinnedVersion ?? outputType.workflow?.versions[0] ?? {};
  const settings = legacySettings({
    artifactKind,
    settings: outputType.legacySettings as JsonObject,
    overrides: addressedBySteps(outputType.overrides as JsonObject, graph),
    options: addressedBySteps(options as JsonObject, graph),
  });
  const { findings } = legacyParams(settings as Parameters<typeof legacyParams>[0]);
  const error = findings.find(({ severity }) => severity === 'error');
  if (error)
    throw new ValidationError(
      `The legacy pipeline cannot run: ${error.message}`,
      [],
      findings,
      'LEGACY_SETTINGS_INVALID',
    );
  const planned = legacyPlan(settings);
  return { subject, settings, ...planned, unused: findings, entry: await buildEntry(platform, planned.plan, subject) };
}

export interface LegacyStart {
  idempotencyKey?: string | null;
  /** Of what the request says: another one must not come with the same key. */
  requestHash?: string | null;
  /** The failed run by graph that this takes over from. */
  fallbackOfId?: string | null;
  /** Says whether a run by graph goes beside it. */
  withShadow?: boolean;
}

/** Writes a legacy run, with its shadow and the parity report that waits for both, in one transaction, and hands its node to the queue.
 * @returns null where somebody else has taken over from `fallbackOfId` already.
 * @throws ConflictError when the key was used for another request. */
export async function startLegacyRun(
  platform: Platform,
  prepared: PreparedLegacyRun,
  { idempotencyKey = null, requestHash = null, fallbackOfId = null, withShadow = false }: LegacyStart = {},
): Promise<{ runId: string; created: boolean } | null> {
  const { subject, graph, plan, entry } = prepared;
  const about = { cadFileId: subject.cadFile.id, orderLineId: subject.orderLine.id, family: LEGACY_FAMILY };
  const planHash = hashPlan(graph, plan);
  const run: NewRun & { fallbackOfId: string | null } = {
    id: uuidv7(),
    ...about,
    planHash,
    nodeCount: plan.nodes.length,
    workflowId: null,
    workflowVersionId: null,
    entry,
    paramOrigins: {},
    idempotencyKey,
    requestHash,
    fallbackOfId,
  };
  const shadow = withShadow ? await prepareShadow(platform, subject) : null;
  const plans = [{ hash: planHash, graph, plan }, ...(shadow ? [shadow.stored] : [])];
  const beside = shadow && {
    shadow: { ...shadow.run, ...about },
    report: { id: uuidv7(), outputTypeId: subject.orderLine.outputTypeId },
  };
  const result = await dispatchLegacyRun(platform.pool, plans, run, beside).catch((err) => {
    if (!beside || !(err as { code?: string }).code?.match(/^(22|23|P0)/)) throw err;
    platform.log.error({ err }, 'a shadow run could not be written; the legacy run goes on without it');
    return dispatchLegacyRun(platform.pool, plans, run, null);
  });
  if (!result) return null;
  if (!result.created && result.requestHash !== requestHash) throw keyReused();
  void enqueueReady(platform, result.ready);
  return { runId: result.id, created: result.created };
}

type ShadowParts = { stored: StoredPlan; run: Omit<NewShadow, 'cadFileId' | 'orderLineId' | 'family'> };

/** The run by graph beside a legacy run. Whatever is wrong with it is noted in it: the customer's run goes on. */
async function prepareShadow(platform: Platform, subject: OrderSubject): Promise<ShadowParts> {
  const { workflowId } = subject.orderLine.outputType;
  const base = { id: uuidv7(), workflowId, idempotencyKey: null, requestHash: null };
  try {
    const { compiled, entry, workflowVersionId } = await prepareGraphRun(platform, subject);
    const stored = withHash(shadowPlan(compiled));
    return {
      stored,
      run: {
        ...base,
        planHash: stored.hash,
        nodeCount: stored.plan.nodes.length,
        workflowVersionId,
        entry,
        paramOrigins: compiled.origins,
        failure: null,
      },
    };
  } catch (error) {
    if (!(error instanceof DomainError)) platform.log.error({ err: error }, 'a shadow run could not be prepared');
    const failure =
      error instanceof DomainError
        ? { code: error.code, message: error.message }
        : { code: 'SHADOW_NOT_PREPARED', message: 'The shadow run could not be prepared. The log has the details.' };
    const stored = withHash({
      graph: { format: GRAPH_FORMAT, family: LEGACY_FAMILY, nodes: [], edges: [] },
      plan: { family: LEGACY_FAMILY, nodes: [], isShadow: true },
    });
    return {
      stored,
      run: {
        ...base,
        planHash: stored.hash,
        nodeCount: 0,
        workflowVersionId: null,
        entry: {},
        paramOrigins: {},
        failure,
      },
    };
  }
}

const withHash = ({ graph, plan }: Pick<StoredPlan, 'graph' | 'plan'>): StoredPlan => ({
  hash: hashPlan(graph, plan),
  graph,
  plan,
});

/** Whether the n-th legacy run of an order line gets a shadow: the same answer every time it is asked, a share of `rate` over many lines. */
export function isSampled(orderLineId: string, attempt: number, rate: number): boolean {
  const hash = createHash('sha256').update(`${orderLineId}/${attempt}`).digest();
  return hash.readUInt32BE(0) / 2 ** 32 < rate;
}
