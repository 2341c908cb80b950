import type { NodeRunStatus, RunStatus } from '../../generated/prisma/enums.js';

/** How a node run may move. The moves are made by the database functions of prisma/migrations (hm_advance, hm_cancel, hm_retry), nowhere else. */
export const NODE_TRANSITIONS: Record<NodeRunStatus, readonly NodeRunStatus[]> = {
  waiting: ['ready', 'running', 'skipped', 'cancelled'],
  ready: ['running', 'skipped', 'cancelled'],
  running: ['succeeded', 'failed', 'cancelled', 'ready'],
  succeeded: [],
  failed: ['ready', 'waiting'],
  skipped: ['ready', 'waiting'],
  cancelled: ['ready', 'waiting'],
};

const RUN_TRANSITIONS: Record<RunStatus, readonly RunStatus[]> = {
  queued: ['running', 'cancelling', 'cancelled', 'failed'],
  running: ['succeeded', 'partial', 'failed', 'cancelling', 'cancelled'],
  cancelling: ['cancelled'],
  succeeded: [],
  partial: ['queued'],
  failed: ['queued'],
  cancelled: ['queued'],
};

/** The run has ended; only a retry moves it again. */
export const isFinal = (status: RunStatus): boolean =>
  status === 'succeeded' || status === 'partial' || status === 'failed' || status === 'cancelled';
/** Somebody may still ask to stop it. */
export const isCancellable = (status: RunStatus): boolean => status === 'queued' || status === 'running';
/** There is something left to run again. */
export const isRetryable = (status: RunStatus): boolean => RUN_TRANSITIONS[status].includes('queued');
