import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Prisma, Webhook } from '../../generated/prisma/client.js';
import { ModuleError } from '../../modules/errors.js';
import {
  checkedUrl,
  isAllowedHost,
  isPrivateAddress,
  privateAddress,
  webhookSettings,
} from '../../modules/output/webhook.js';
import { type Beholder, seesStudio, visibleWebhooks } from '../access/ownership.js';
import { ConflictError, type FieldIssue, ForbiddenError, NotFoundError, ValidationError } from '../errors.js';
import { encodeGlobalId } from '../globalId.js';
import type { Platform } from '../platform.js';
import { purposeOf } from '../secrets/installationSecrets.js';
import { sendAgain, sendFailedAgain } from './deliveryStates.js';
import { bodyOf } from './events.js';
import { isWebhookEventType, PING } from './eventTypes.js';

type Db = Pick<Platform, 'db'>;
type Parts = Pick<Platform, 'db' | 'secrets'>;

/** Who asks, and with which token. */
export interface Asker extends Beholder {
  tokenId?: string | null;
}

export interface WebhookContent {
  name: string;
  url: string;
  eventTypes: readonly string[];
  ownOnly?: boolean | null;
}

const MOST_OF_AN_ACCOUNT = 20;
/** Secrets that sign at a time. */
const MOST_SECRETS = 5;
const SECRET_BYTES = 32;

const newSecret = () => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;

/** What does not fit of what is given.
 * @throws ValidationError */
async function check({ name, url, eventTypes }: { [K in keyof WebhookContent]?: WebhookContent[K] | null }) {
  const issues: FieldIssue[] = [];
  if (name != null && (name.trim().length < 1 || name.trim().length > 100))
    issues.push({ path: '/name', message: 'From 1 to 100 characters.' });
  if (eventTypes?.length === 0) issues.push({ path: '/eventTypes', message: 'Choose at least one event.' });
  eventTypes?.forEach((type, index) => {
    if (!isWebhookEventType(type))
      issues.push({ path: `/eventTypes/${index}`, message: `There is no event "${type.slice(0, 100)}".` });
  });
  const problem = url == null ? null : await urlProblem(url);
  if (problem) issues.push({ path: '/url', message: problem });
  if (issues.length > 0) throw new ValidationError(`The webhook does not fit: ${issues[0]!.message}`, issues);
}

const tidied = ({ name, url, eventTypes }: WebhookContent) => ({
  name: name.trim(),
  url: url.trim(),
  eventTypes: [...new Set(eventTypes)],
});

/** Where a name leads is looked into at every attempt. */
async function urlProblem(text: string): Promise<string | null> {
  if (text.length > 2000) return 'At most 2000 characters.';
  try {
    const url = checkedUrl(text.trim());
    if (isAllowedHost(url, webhookSettings(process.env))) return null;
    if (url.protocol !== 'https:') return 'Only https, as what is sent names orders.';
    return (await isPrivateAddress(url)) ? privateAddress(url) : null;
  } catch (error) {
    if (error instanceof ModuleError) return error.message;
    throw error;
  }
}

/** A webhook that one may see.
 * @throws NotFoundError */
async function found(db: Prisma.TransactionClient, who: Asker, id: string): Promise<Webhook> {
  const webhook = await db.webhook.findFirst({ where: { id, ...visibleWebhooks(who) } });
  if (!webhook) throw new NotFoundError('webhook', id);
  return webhook;
}

/** Holds on to an account's webhooks until the transaction ends, so that limits are counted by one at a time. */
const lock = (tx: Prisma.TransactionClient, id: string) =>
  tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`webhook ${id}`}, 0))`;

/** Makes a webhook for whoever asks, or, by an administrator, for another account. Its secret is told this once.
 * @throws ValidationError, NotFoundError, ForbiddenError, ConflictError `TOO_MANY_WEBHOOKS` */
export async function createWebhook(
  { db, secrets }: Parts,
  who: Asker,
  { accountId, ...content }: WebhookContent & { accountId?: string | null },
): Promise<{ id: string; secret: string }> {
  const owner = accountId ?? who.accountId;
  const isOwn = owner === who.accountId;
  if (!isOwn && !who.scopes.has('admin')) throw new ForbiddenError('Only administrators make webhooks for others.');
  await check(content);
  const [id, secret, box] = [uuidv7(), newSecret(), await secrets.box()];
  return db.$transaction(async (tx) => {
    await lock(tx, String(owner));
    if (owner !== null && (await tx.account.count({ where: { id: owner } })) === 0)
      throw new NotFoundError('account', owner);
    if ((await tx.webhook.count({ where: { accountId: owner } })) >= MOST_OF_AN_ACCOUNT)
      throw new ConflictError(`An account has at most ${MOST_OF_AN_ACCOUNT} webhooks.`, 'TOO_MANY_WEBHOOKS');
    await tx.webhook.create({
      data: {
        id,
        ...tidied(content),
        ownOnly: owner !== null && ownOnly(who, content.ownOnly ?? false),
        accountId: owner,
        tokenId: isOwn ? who.tokenId : null,
        secrets: { create: { secret: box.seal(secret, purposeOf.webhook(id)) } },
      },
    });
    return { id, secret };
  });
}

/** A token that may not read the studio makes no webhook that does. */
const ownOnly = (who: Asker, isWanted: boolean) => isWanted || !seesStudio(who);

/** Changes what is given. Enabling begins anew: what failed before does not count any more. From then on the webhook stands or
 * falls with the token that changed it, where that is of its account.
 * @throws ValidationError, NotFoundError */
export async function updateWebhook(
  { db }: Db,
  who: Asker,
  id: string,
  change: { [K in keyof WebhookContent]?: WebhookContent[K] | null } & { isEnabled?: boolean | null },
): Promise<void> {
  await check(change);
  await db.$transaction(async (tx) => {
    const before = await found(tx, who, id);
    const { isEnabled } = change;
    await tx.webhook.update({
      where: { id },
      data: {
        ...tidied({
          name: change.name ?? before.name,
          url: change.url ?? before.url,
          eventTypes: change.eventTypes ?? before.eventTypes,
        }),
        ownOnly: before.accountId !== null && ownOnly(who, change.ownOnly ?? before.ownOnly),
        ...(before.accountId === who.accountId && { tokenId: who.tokenId ?? null }),
        ...(isEnabled && { disabledAt: null, disabledReason: null, failingSince: null }),
        ...(isEnabled === false && {
          disabledAt: before.disabledAt ?? new Date(),
          disabledReason: before.disabledReason,
        }),
      },
    });
  });
}

/** Removes a webhook with its deliveries.
 * @throws NotFoundError */
export async function deleteWebhook({ db }: Db, who: Asker, id: string): Promise<void> {
  const { count } = await db.webhook.deleteMany({ where: { id, ...visibleWebhooks(who) } });
  if (count === 0) throw new NotFoundError('webhook', id);
}

/** Gives a webhook a new secret. What signed before signs as well for `overlapHours`, so that receivers can change over.
 * @returns the secret, told this once.
 * @throws ValidationError, NotFoundError, ConflictError `TOO_MANY_SECRETS` */
export async function rotateSecret(
  { db, secrets }: Parts,
  who: Asker,
  id: string,
  overlapHours: number,
): Promise<string> {
  if (overlapHours < 0 || overlapHours > 168)
    throw new ValidationError('The old secret can go on for at most a week.', [
      { path: '/overlapHours', message: 'From 0 to 168 hours.' },
    ]);
  const box = await secrets.box();
  return db.$transaction(async (tx) => {
    await lock(tx, id);
    await found(tx, who, id);
    const until = new Date(Date.now() + overlapHours * 3_600_000);
    await tx.webhookSecret.updateMany({
      where: { webhookId: id, OR: [{ endsAt: null }, { endsAt: { gt: until } }] },
      data: { endsAt: until },
    });
    await tx.webhookSecret.deleteMany({ where: { webhookId: id, endsAt: { lte: new Date() } } });
    if ((await tx.webhookSecret.count({ where: { webhookId: id } })) >= MOST_SECRETS)
      throw new ConflictError(
        `${MOST_SECRETS} secrets sign already. Wait until one ends, or let the old ones end at once.`,
        'TOO_MANY_SECRETS',
      );
    const secret = newSecret();
    await tx.webhookSecret.create({ data: { webhookId: id, secret: box.seal(secret, purposeOf.webhook(id)) } });
    return secret;
  });
}

/** Sends an event that means nothing, to try the receiver out.
 * @returns the id of the delivery.
 * @throws NotFoundError, ConflictError `WEBHOOK_DISABLED` */
export async function pingWebhook({ db }: Db, who: Asker, id: string): Promise<string> {
  const webhook = await found(db, who, id);
  refuseDisabled(webhook);
  const eventId = uuidv7();
  const body = bodyOf({
    id: eventId,
    type: PING,
    created: new Date(),
    data: { webhook: { id: encodeGlobalId('Webhook', id) } },
  });
  const delivery = await db.webhookDelivery.create({ data: { webhookId: id, eventId, eventType: PING, body } });
  return delivery.id;
}

/** Sends a delivery once more, with the same event id, whatever became of it.
 * @throws NotFoundError, ConflictError `WEBHOOK_DISABLED` */
export async function redeliver(
  { db, pool }: Pick<Platform, 'db' | 'pool'>,
  who: Asker,
  deliveryId: string,
): Promise<void> {
  const delivery = await db.webhookDelivery.findFirst({
    where: { id: deliveryId, webhook: visibleWebhooks(who) },
    include: { webhook: true },
  });
  if (!delivery) throw new NotFoundError('delivery', deliveryId);
  refuseDisabled(delivery.webhook);
  await sendAgain(pool, deliveryId);
}

/** Sends what failed since then once more, for receivers that were away for long; what has arrived or is under way is left alone.
 * @param until - leaves out what was written from then on; null: nothing.
 * @returns how many deliveries.
 * @throws NotFoundError, ConflictError `WEBHOOK_DISABLED`, ValidationError */
export async function redeliverFailed(
  { db, pool }: Pick<Platform, 'db' | 'pool'>,
  who: Asker,
  id: string,
  { since, until = null }: { since: Date; until?: Date | null },
): Promise<number> {
  const refuse = (path: string, message: string): never => {
    throw new ValidationError('This is no time in which anything failed.', [{ path, message }]);
  };
  if (since > new Date()) refuse('/since', 'This is yet to come.');
  if (until && until <= since) refuse('/until', 'Must be later than "since".');
  refuseDisabled(await found(db, who, id));
  return sendFailedAgain(pool, id, since, until);
}

function refuseDisabled({ name, disabledAt }: Webhook): void {
  if (disabledAt)
    throw new ConflictError(`"${name}" is disabled, so nothing is sent. Enable it first.`, 'WEBHOOK_DISABLED');
}
