import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { scopesOf } from '../../runtime/access/access.js';
import { createAccount } from '../../runtime/access/accounts.js';
import { OWNER } from '../../runtime/access/ownership.js';
import type { Platform } from '../../runtime/platform.js';
import { WEBHOOK_EVENTS } from '../../runtime/webhooks/eventTypes.js';
import { type Asker, createWebhook } from '../../runtime/webhooks/webhooks.js';
import { WebhookLoop } from '../../worker/webhookLoop.js';
import { createTestPlatform, type TestPlatform } from './platform.js';
import { type Catalogue, createCatalogue, createEndedRun } from './testData.js';
import { testDefinition } from './testModules.js';
import { type Receiver, startReceiver } from './webhookReceiver.js';

const ALL = Object.keys(WEBHOOK_EVENTS);
const SETTINGS = { allowedHosts: ['127.0.0.1'] };

interface Studio {
  test: TestPlatform;
  platform: Platform;
  catalogue: Catalogue;
  receiver: Receiver;
}

/** A studio and a partner's server that is told what happens there, for the tests of a file. They are there once its tests run;
 * each of those has the webhooks that it makes, and what they are told. */
export function webhookStudio() {
  const studio = {} as Studio;
  const loops: WebhookLoop[] = [];
  beforeAll(async () => {
    vi.stubEnv('HARTOMAT_WEBHOOK_ALLOW_HOSTS', '127.0.0.1');
    studio.test = await createTestPlatform({ definition: testDefinition });
    studio.platform = studio.test.platform;
    studio.catalogue = await createCatalogue(studio.platform);
    studio.receiver = await startReceiver();
  });
  beforeEach(async () => {
    await studio.platform.db.webhook.deleteMany();
    studio.receiver.received.length = 0;
    studio.receiver.answers.length = 0;
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await Promise.all(loops.map((loop) => loop.stop()));
    await studio.receiver?.close();
    await studio.test?.remove();
  });

  function loopOn(of: Platform): WebhookLoop {
    const loop = new WebhookLoop(of, SETTINGS, of.log);
    loops.push(loop);
    return loop;
  }

  /** Whether something happened that no delivery was made of yet: transactions of other databases of the server hold it up. */
  const isBehind = async () => {
    const { rows } = await studio.platform.pool.query(
      'SELECT FROM feed_entry f, feed_state s WHERE (f.xid, f.position) > (s.webhooks_xid, s.webhooks_position) LIMIT 1',
    );
    return rows.length > 0;
  };

  /** Everything that happened until now is told, as far as receivers take it. */
  async function tell(loop = loopOn(studio.platform)): Promise<void> {
    do await loop.round();
    while (await isBehind());
    await loop.sent();
  }

  const webhook = (more: object = {}, who: Asker = OWNER) =>
    createWebhook(studio.platform, who, { name: 'Shop', url: studio.receiver.url, eventTypes: ALL, ...more });
  const deliveries = (webhookId: string) =>
    studio.platform.db.webhookDelivery.findMany({
      where: { webhookId },
      include: { attempts: { orderBy: { number: 'asc' } } },
      orderBy: { createdAt: 'asc' },
    });
  /** The time that the next attempts wait for has come. */
  const waitIsOver = () => studio.platform.db.$executeRaw`UPDATE webhook_delivery SET next_attempt_at = now()`;
  const types = () => studio.receiver.received.map(({ event }) => event.type);

  async function partner(name: string): Promise<Asker & { accountId: string }> {
    const account = await createAccount(studio.platform, { name, role: 'partner' });
    return { accountId: account.id, scopes: scopesOf('partner') };
  }

  /** A run that ended well for an order of the account, with its asset. */
  async function runFor(accountId: string, mode: 'graph' | 'shadow' = 'graph') {
    const { db } = studio.platform;
    const { product, outputType } = studio.catalogue;
    const order = await db.order.create({
      data: {
        accountId,
        reference: 'PO-1',
        lines: { create: { lineNumber: 1, productId: product.id, outputTypeId: outputType.id } },
      },
      include: { lines: true },
    });
    const line = order.lines[0]!;
    const { runId } = await createEndedRun(studio.platform, { ...studio.catalogue, order, line });
    await db.run.update({ where: { id: runId }, data: { orderLineId: line.id, mode } });
    return { runId, order, line };
  }

  return Object.assign(studio, { deliveries, isBehind, loopOn, partner, runFor, tell, types, waitIsOver, webhook });
}
