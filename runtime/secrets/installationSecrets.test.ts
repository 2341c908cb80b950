import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestPlatform, type TestPlatform } from '../../tests/support/platform.js';
import { OWNER } from '../access/ownership.js';
import { createWebhook } from '../webhooks/webhooks.js';
import { InstallationSecrets, purposeOf } from './installationSecrets.js';

let studio: TestPlatform;
let home: string;
beforeAll(async () => {
  studio = await createTestPlatform();
  home = await mkdtemp(path.join(tmpdir(), 'hartomat-home-'));
});
afterEach(async () => {
  await studio.platform.db.webhook.deleteMany();
  await studio.platform.db.secret.deleteMany();
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
  await studio?.remove();
});

const secretsWith = (...secretKeys: string[]) => new InstallationSecrets(studio.platform.db, { home, secretKeys });
const [A, B] = ['a'.repeat(32), 'b'.repeat(32)] as const;
const webhookWith = (secrets: InstallationSecrets) =>
  createWebhook({ db: studio.platform.db, secrets }, OWNER, {
    name: 'Shop',
    url: 'https://shop.example',
    eventTypes: ['run.failed'],
  });
const stored = async () => (await studio.platform.db.webhookSecret.findFirstOrThrow()).secret;

test('the key lies in the data directory, for nobody else to read, and is made once by however many ask', async () => {
  const keys = await Promise.all([1, 2, 3].map(() => secretsWith().key('server-signing')));
  expect(new Set(keys).size).toBe(1);
  const file = path.join(home, 'secret.key');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const key = (await readFile(file, 'utf8')).trim();
  expect(key).toMatch(/^[\w-]{43}$/);
  const rows = JSON.stringify(await studio.platform.db.secret.findMany());
  for (const secret of [key, keys[0]!]) expect(rows).not.toContain(secret);
});

test('what lies open from before is sealed at the next start, and means the same', async () => {
  const { db } = studio.platform;
  const { id } = await webhookWith(secretsWith(A));
  await db.webhookSecret.updateMany({ data: { secret: 'whsec_AAAA' } });
  await db.secret.create({ data: { name: 'server-signing', value: 'open-key' } });
  const secrets = secretsWith(A);
  const box = await secrets.box();
  expect(await stored()).not.toContain('AAAA');
  expect(box.open(await stored(), purposeOf.webhook(id))).toBe('whsec_AAAA');
  expect(JSON.stringify(await db.secret.findMany())).not.toContain('open-key');
  expect(await secrets.key('server-signing')).toBe('open-key');
});

test('a new key takes over from the old one, which is then good for nothing', async () => {
  const { id, secret } = await webhookWith(secretsWith(A));
  const before = await stored();
  const box = await secretsWith(B, A).box();
  expect(await stored()).not.toBe(before);
  expect(box.open(await stored(), purposeOf.webhook(id))).toBe(secret);
  const fresh = await secretsWith(B).box();
  expect(fresh.open(await stored(), purposeOf.webhook(id))).toBe(secret);
  await expect(secretsWith(A).box()).rejects.toMatchObject({ code: 'SECRET_KEY_WRONG' });
});

test('a machine with another key is told so before it does harm', async () => {
  await webhookWith(secretsWith(A));
  const before = await stored();
  for (const other of [secretsWith(B), secretsWith()])
    await expect(other.box()).rejects.toMatchObject({
      code: 'SECRET_KEY_WRONG',
      message: expect.stringContaining('HARTOMAT_SECRET_KEY'),
    });
  expect(await stored()).toBe(before);
});
