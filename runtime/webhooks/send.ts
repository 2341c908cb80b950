import { ModuleError } from '../../modules/errors.js';
import { callWebhook, type WebhookSettings } from '../../modules/output/webhook.js';
import type { Platform } from '../platform.js';
import { purposeOf } from '../secrets/installationSecrets.js';
import type { AttemptOutcome, ClaimedDelivery } from './deliveryStates.js';

/** Failures that no wait mends. Refusals (4xx) are none: receivers are moved and mended. */
const FINAL = new Set(['WEBHOOK_TARGET_FORBIDDEN', 'WEBHOOK_URL_INVALID']);

const WITHOUT_SECRET = {
  code: 'WEBHOOK_WITHOUT_SECRET',
  message: 'The webhook has no secret any more: give it a new one.',
  isFinal: false,
};

/** Makes one attempt.
 * @throws DomainError `SECRET_KEY_WRONG`; the signal's reason when it aborts. */
export async function attemptDelivery(
  { secrets }: Pick<Platform, 'secrets'>,
  { url, body, eventId, webhookId, secrets: sealed }: ClaimedDelivery,
  settings: Omit<WebhookSettings, 'secret'>,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const begun = performance.now();
  const outcome = (responseCode: number | null, error: AttemptOutcome['error']) => ({
    tookMs: performance.now() - begun,
    responseCode,
    error,
  });
  // Never unsigned: the receiver could not tell it from a forgery.
  if (sealed.length === 0) return outcome(null, WITHOUT_SECRET);
  const box = await secrets.box();
  const opened = sealed.map((one) => box.open(one, purposeOf.webhook(webhookId)));
  try {
    const { allowedHosts } = settings;
    return outcome(
      await callWebhook({ url, body, idempotencyKey: eventId, secrets: opened, settings: { allowedHosts }, signal }),
      null,
    );
  } catch (error) {
    if (signal.aborted || !(error instanceof ModuleError)) throw error;
    const { code, message, details } = error;
    const { status } = details;
    return outcome(typeof status === 'number' ? status : null, { code, message, isFinal: FINAL.has(code) });
  }
}
