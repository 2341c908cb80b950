import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readSettings, SETTINGS } from '../runtime/settings.js';
import { DOOR_SETTINGS, readDoorSettings } from './doorSettings.js';

/** What may be anything: names of files, hosts and packages, which only their use shows to be wrong. */
const FREE = [
  'HOST',
  'HARTOMAT_HOME',
  'HARTOMAT_MODULES',
  'HARTOMAT_PERSISTED_DOCUMENTS',
  'BLENDER_PATH',
  'FFMPEG_PATH',
];

const MALFORMED: Record<string, string[]> = {
  PORT: ['http', '-1', '65536', '80.5'],
  DATABASE_URL: ['mysql://host/db', 'postgres://:port'],
  REDIS_URL: ['localhost:6379', 'redis://host:port'],
  ARTIFACT_URL: ['https://bucket', 's3://'],
  ARTIFACT_CACHE_GB: ['0', 'much'],
  HARTOMAT_ADMIN_TOKEN: ['short'],
  HARTOMAT_SECRET_KEY: ['short'],
  HARTOMAT_CORS_ORIGINS: ['*', 'shop.example'],
  HARTOMAT_GRAPHIQL: ['yes'],
  HARTOMAT_INTROSPECTION: ['partners'],
  HARTOMAT_DOCUMENTS: ['persisted'],
  LOG_LEVEL: ['loud'],
  HARTOMAT_WEBHOOK_SECRET: ['whsec_', 'whsec_no base64'],
  HARTOMAT_WEBHOOK_ALLOW_HOSTS: ['http://pim.local', 'pim.local:port', 'pim.local/hook'],
  SMTP_URL: ['mail.example:587', 'http://mail.example', 'smtp://', 'smtp://host:port'],
  MAIL_FROM: ['HartOMat', 'HartOMat <hartomat>'],
};

const inReadme = async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, table = ''] = /\n## Settings\n([\s\S]*?)\n## /.exec(readme) ?? [];
  return [...table.matchAll(/^\| `([A-Z_0-9]+)` \|/gm)].map(([, name]) => name!);
};

test('the README lists the settings that there are', async () => {
  expect((await inReadme()).sort()).toEqual([...SETTINGS, ...DOOR_SETTINGS].sort());
  expect([...FREE, ...Object.keys(MALFORMED)].sort()).toEqual([...SETTINGS, ...DOOR_SETTINGS].sort());
});

test.each(Object.entries(MALFORMED).flatMap(([name, values]) => values.map((value) => [name, value])))(
  'a start with %s=%s is refused with its name and what it must be',
  (name, value) => {
    const env = { DATABASE_URL: 'postgres://somebody@127.0.0.1/db', [name]: value };
    const start = () => [readSettings(env), readDoorSettings(env)];
    expect(start).toThrow(
      expect.objectContaining({
        code: 'SETTINGS_INVALID',
        message: expect.stringMatching(new RegExp(`${name} is not usable: must `)),
      }),
    );
  },
);
