import type { WebhookDeliveryStatus, WebhookEventType } from '../../gql/graphql.js';

/** What a webhook can be told of; the first few are what most receivers want. */
export const EVENT_WORDS: Record<WebhookEventType, string> = {
  asset_published: 'A file is delivered',
  run_succeeded: 'A run ended well',
  run_partial: 'A run ended, and a step that may fail did',
  run_failed: 'A run failed',
  run_cancelled: 'A run was stopped',
  run_queued: 'A run was created',
  run_started: 'The first step of a run began',
  run_cancelling: 'A run was asked to stop',
};

export const USUAL_EVENTS: readonly WebhookEventType[] = [
  'asset_published',
  'run_succeeded',
  'run_partial',
  'run_failed',
  'run_cancelled',
];

/** As it is called in what is sent. */
export const sentAs = (event: WebhookEventType | null | undefined): string =>
  event?.replace('_', '.') ?? 'webhook.ping';

export const DELIVERY_WORDS: Record<WebhookDeliveryStatus, string> = {
  pending: 'Under way',
  delivered: 'Delivered',
  failed: 'Given up',
};
