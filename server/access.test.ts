import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PrismaClient } from '../generated/prisma/client.js';
import { revokeApiToken } from '../runtime/access/accounts.js';
import { createMember } from '../tests/support/members.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { Access } from './access.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

test('a token that is revoked while it is looked up opens nothing', async () => {
  const { token } = await createMember(app.platform, 'partner');
  const { db, settings } = app.platform;
  /** Called between what is read of the token and the answer. */
  let meanwhile = () => revoke();
  const apiToken = {
    findUnique: (asked: object) => db.apiToken.findUnique(asked as never),
    updateMany: () => meanwhile(),
  };
  const access = new Access({ apiToken } as unknown as PrismaClient, settings.databaseUrl);
  async function revoke() {
    meanwhile = async () => {};
    await revokeApiToken(app.platform, token.id);
    await expect.poll(() => access.losses).toBeGreaterThan(0);
  }
  await access.start();
  expect(await access.byToken(token.tokenHash)).toBeNull();
  expect(access.hasMet(token.tokenHash)).toBe(false);
  await access.close();
});
