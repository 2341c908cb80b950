import { ModuleError } from '../../modules/errors.js';
import { callWebhook, type WebhookSettings } from '../../modules/output/webhook.js';
import type { AttemptOutcome, ClaimedDelivery } from './deliveryStates.js';

/** Failures that no wait mends. Refusals (4xx) are none: receivers are moved and mended. */
const FINAL = new Set(['WEBHOOK_TARGET_FORBIDDEN', 'WEBHOOK_URL_INVALID']);

/** Makes one attempt.
 * @throws the signal's reason when it aborts. */
export async function attemptDelivery(
  { url, body, eventId, secrets }: ClaimedDelivery,
  settings: Omit<WebhookSettings, 'secret'>,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const begun = performance.now();
  const outcome = (responseCode: number | null, error: AttemptOutcome['error']) => ({
    tookMs: performance.now() - begun,
    responseCode,
    error,
  });
  try {
    const { allowedHosts } = settings;
    return outcome(
      await callWebhook({ url, body, idempotencyKey: eventId, secrets, settings: { allowedHosts }, signal }),
      null,
    );
  } catch (error) {
    if (signal.aborted || !(error instanceof ModuleError)) throw error;
    const { code, message, details } = error;
    const { status } = details;
    return outcome(typeof status === 'number' ? status : null, { code, message, isFinal: FINAL.has(code) });
  }
}
