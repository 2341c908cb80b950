import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopesOf } from '../runtime/access.js';
import { createAccount, createApiToken } from '../runtime/accounts.js';
import { createWebhook, pingWebhook } from '../runtime/webhooks/webhooks.js';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { schema } from '../schema/index.js';
import { everywhere, passingOn, takesFile } from '../tests/support/inputValues.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { createCatalogue, createEndedRun } from '../tests/support/testData.js';

let app: TestApp;
/** Of somebody else, one of each kind. */
let foreign: string[];
let headers: Record<string, string>;
let before: string;

const TABLES = 'account api_token order order_line run asset webhook webhook_secret webhook_delivery'.split(' ');

/** All rows that are not the attacker's own. */
async function everything(): Promise<string> {
  const rows = [];
  for (const table of TABLES)
    rows.push(
      await app.platform.pool.query(
        `SELECT t::text FROM "${table}" t WHERE to_jsonb(t)->>'name' IS DISTINCT FROM 'Attacker' ORDER BY 1`,
      ),
    );
  return JSON.stringify(
    rows.map((result) => result.rows),
    null,
    1,
  );
}

async function partner(name: string) {
  const account = await createAccount(app.platform, { name, role: 'partner' });
  const { secret, token } = await createApiToken(app.platform, { accountId: account.id, name });
  return { account, token, headers: { authorization: `Bearer ${secret}` } };
}

beforeAll(async () => {
  app = await startTestApp();
  const { platform } = app;
  const catalogue = await createCatalogue(platform);
  const { runId } = await createEndedRun(platform, catalogue);
  const victim = await partner('Victim');
  await platform.db.order.update({ where: { id: catalogue.order.id }, data: { accountId: victim.account.id } });
  await platform.db.run.update({
    where: { id: runId },
    data: { orderLineId: catalogue.line.id, cadFileId: null, status: 'running' },
  });
  const asset = await platform.db.asset.findFirstOrThrow();
  const who = { accountId: victim.account.id, scopes: scopesOf('partner') };
  const webhook = await createWebhook(platform, who, {
    name: 'Shop',
    url: 'https://shop.example',
    eventTypes: ['run.failed'],
  });
  const deliveryId = await pingWebhook(platform, who, webhook.id);
  foreign = [
    id('Account', victim.account.id),
    id('ApiToken', victim.token.id),
    id('Order', catalogue.order.id),
    id('OrderLine', catalogue.line.id),
    id('Run', runId),
    id('Asset', asset.id),
    id('Artifact', asset.artifactId),
    id('Webhook', webhook.id),
    id('WebhookDelivery', deliveryId),
    id('Workflow', catalogue.workflow.id),
    id('CadFile', catalogue.cadFile.id),
  ];
  ({ headers } = await partner('Attacker'));
  before = await everything();
});
afterAll(() => app?.close());

const mutations = Object.values(schema.getMutationType()!.getFields()).filter(({ args }) => !args.some(takesFile));

test.each(mutations)('a partner reaches nothing of others by any id given to $name', async ({ name, args }) => {
  const batch = name.startsWith('dispatchOrder') ? ' ... on DispatchBatch { started }' : '';
  const query = passingOn('mutation', name, args, `{ __typename${batch} }`);
  const reached: string[] = [];
  await Promise.all(
    [...everywhere(args, { ID: foreign })].map(async ({ where, variables }) => {
      const { data, errors } = await app.gql(query, variables, headers);
      const isRefused = errors || /Error$/.test(data.it.__typename) || data.it.started === 0;
      if (!isRefused) reached.push(`${where}: ${JSON.stringify(data)}`);
    }),
  );
  expect(reached).toEqual([]);
  expect(await everything()).toBe(before);
});
