import type { RunStatus } from '../../generated/prisma/enums.js';
import { LEGACY_STEPS, type LegacyKind } from '../../workflow/legacy/invocation.js';
import { isFinal } from '../engine/transitions.js';
import type { Platform } from '../platform.js';
import type { LegacySettings } from './pipeline.js';
import { StepLogFields } from './steps.js';

/** Where a step of a legacy run stands. */
export interface LegacyStepState {
  step: string;
  moduleKey: string;
  status: 'waiting' | 'running' | 'succeeded' | 'failed' | 'skipped';
  durationMs: number | null;
  isKept: boolean;
  startedAt: Date | null;
}

/** The steps of a legacy run, as far as its log tells: the newest attempt counts. */
export async function legacyStepStates(
  { pool }: Pick<Platform, 'pool'>,
  runId: string,
  runStatus: RunStatus,
): Promise<LegacyStepState[]> {
  const [plans, events] = await Promise.all([
    pool.query<{ params: LegacySettings }>(
      `SELECT p.plan->'nodes'->0->'params' AS params FROM run r JOIN run_plan p ON p.hash = r.plan_hash WHERE r.id = $1`,
      [runId],
    ),
    pool.query<{ at: Date; fields: unknown }>(
      `SELECT at, data->'fields' AS fields FROM run_event WHERE run_id = $1 AND type = 'node.log' AND data->'fields' ? 'legacyStep' ORDER BY seq`,
      [runId],
    ),
  ]);
  const steps = LEGACY_STEPS[plans.rows[0]!.params.artifactKind as LegacyKind];
  const states = new Map<string, LegacyStepState>(
    Object.entries(steps).map(([step, { key }]) => [
      step,
      { step, moduleKey: key, status: 'waiting', durationMs: null, isKept: false, startedAt: null },
    ]),
  );
  for (const { at, fields } of events.rows) {
    const said = StepLogFields.parse(fields);
    const state = states.get(said.legacyStep);
    if (!state) continue;
    if (said.state === 'started') Object.assign(state, { status: 'running', durationMs: null, startedAt: at });
    else
      Object.assign(state, {
        status: said.state === 'finished' ? 'succeeded' : 'failed',
        durationMs: said.durationMs ?? null,
        isKept: said.isKept ?? false,
      });
  }
  if (isFinal(runStatus))
    for (const state of states.values())
      if (state.status === 'waiting' || state.status === 'running')
        state.status = state.status === 'running' ? 'failed' : 'skipped';
  return [...states.values()];
}
