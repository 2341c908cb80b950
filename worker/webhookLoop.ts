import type { Logger } from 'pino';
import type { WebhookSettings } from '../modules/output/webhook.js';
import type { Platform } from '../runtime/platform.js';
import {
  type AttemptOutcome,
  type ClaimedDelivery,
  claimDeliveries,
  giveBack,
  recordAttempt,
} from '../runtime/webhooks/deliveryStates.js';
import { attemptDelivery } from '../runtime/webhooks/send.js';
import { writeDeliveries } from '../runtime/webhooks/writeDeliveries.js';

const EVERY_MS = 1_000;
/** Webhooks served at a time, and deliveries of one: a receiver that hangs holds up nobody else. */
const LANES = { webhooks: 16, each: 8 };

/** Tells webhooks what happens: writes deliveries of what the feed tells, and sends those that are due. Looks every second rather
 * than being woken, so that runs do not pay for it. Any number of workers may do this at once. */
export class WebhookLoop {
  private timer: NodeJS.Timeout | null = null;
  private readonly stopping = new AbortController();
  private turn: Promise<void> = Promise.resolve();
  /** What is being sent, by webhook. */
  private readonly lanes = new Map<string, Promise<void>>();
  private filling: Promise<void> = Promise.resolve();

  constructor(
    private readonly platform: Platform,
    private readonly settings: WebhookSettings,
    private readonly log: Logger,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.turn = this.round().then(() => {
        if (!this.stopping.signal.aborted) this.start();
      });
    }, EVERY_MS);
  }

  /** Breaks off and gives back what is being sent. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('The worker stops.'));
    if (this.timer) clearTimeout(this.timer);
    await this.turn;
    await Promise.all(this.lanes.values());
    await this.filling;
  }

  /** Writes all deliveries that can be written now and begins to send what is due; also called by tests. */
  async round(): Promise<void> {
    const { pool } = this.platform;
    try {
      while (!this.stopping.signal.aborted && (await writeDeliveries(pool)));
      await this.fillLanes();
    } catch (err) {
      this.log.error({ err }, 'webhooks could not be served; it will be tried again');
    }
  }

  /** Resolves when nothing is being sent; for tests. */
  async sent(): Promise<void> {
    while (this.lanes.size > 0) await Promise.all(this.lanes.values());
  }

  /** One after the other: who claims must know which lanes are taken. */
  private fillLanes(): Promise<void> {
    this.filling = this.filling.then(() => this.claim());
    return this.filling;
  }

  private async claim(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const busy = [...this.lanes.keys()];
    const webhooks = LANES.webhooks - busy.length;
    const byWebhook = new Map<string, ClaimedDelivery[]>();
    try {
      for (const delivery of await claimDeliveries(this.platform.pool, { busy, webhooks, each: LANES.each }))
        byWebhook.set(delivery.webhookId, [...(byWebhook.get(delivery.webhookId) ?? []), delivery]);
    } catch (err) {
      this.log.error({ err }, 'deliveries could not be taken; it will be tried again');
    }
    for (const [webhookId, deliveries] of byWebhook) this.lanes.set(webhookId, this.serve(webhookId, deliveries));
  }

  private async serve(webhookId: string, deliveries: readonly ClaimedDelivery[]): Promise<void> {
    try {
      await Promise.all(deliveries.map((delivery) => this.send(delivery)));
    } catch (err) {
      this.log.error({ err, webhookId }, 'what became of a delivery could not be recorded; it will be sent again');
    }
    this.lanes.delete(webhookId);
    // More of it may be due, or of others that found no lane.
    await this.fillLanes();
  }

  private async send(delivery: ClaimedDelivery): Promise<void> {
    const { pool } = this.platform;
    let outcome: AttemptOutcome;
    try {
      outcome = await attemptDelivery(this.platform, delivery, this.settings, this.stopping.signal);
    } catch (err) {
      if (this.stopping.signal.aborted) return giveBack(pool, delivery);
      this.log.error({ err, deliveryId: delivery.id }, 'a delivery failed unexpectedly');
      const error = {
        code: 'INTERNAL',
        message: 'Something went wrong on our side. It has been logged.',
        isFinal: false,
      };
      outcome = { tookMs: 0, responseCode: null, error };
    }
    await recordAttempt(pool, delivery, outcome);
  }
}
