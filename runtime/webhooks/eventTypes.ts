import type { RunStatus } from '../../generated/prisma/enums.js';

/** What a run that came to a status is told as; the same words as in its own events (runtime/events.ts), with its end spelt out. */
export const EVENT_OF_STATUS = {
  queued: 'run.queued',
  running: 'run.started',
  cancelling: 'run.cancelling',
  succeeded: 'run.succeeded',
  partial: 'run.partial',
  failed: 'run.failed',
  cancelled: 'run.cancelled',
} as const satisfies Record<RunStatus, string>;

/** Sent on demand, to try a receiver out; nobody has to ask for it. */
export const PING = 'webhook.ping';

/** What happens, in the words of webhooks, with what it means. */
export const WEBHOOK_EVENTS = {
  'run.queued': 'A run was created.',
  'run.started': 'The first step of a run began.',
  'run.cancelling': 'A run was asked to stop; what runs is ending.',
  'run.succeeded': 'A run ended well.',
  'run.partial': 'A run ended, and a step that may fail did.',
  'run.failed': 'A run failed; `data.run.failure` says why.',
  'run.cancelled': 'A run was stopped.',
  'asset.published': 'A file was delivered; `data.asset` says which.',
} as const;
export type WebhookEventType = keyof typeof WEBHOOK_EVENTS;

export const isWebhookEventType = (name: string): name is WebhookEventType => Object.hasOwn(WEBHOOK_EVENTS, name);
