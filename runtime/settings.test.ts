import { expect, it } from 'vitest';
import { readSettings } from './settings.js';

const DATABASE_URL = 'postgres://somebody@127.0.0.1/db';

it('fills in what is not set', () => {
  const settings = readSettings({ DATABASE_URL, HARTOMAT_HOME: '/data', PORT: '' });
  expect(settings).toMatchObject({
    port: 4000,
    host: '127.0.0.1',
    home: '/data',
    artifactDir: '/data/artifacts',
    redisUrl: null,
    adminToken: null,
    modulePackages: [],
  });
});

it.each([
  [{ PORT: 'eighty' }, 'PORT is not usable: must be a whole number from 0 to 65535'],
  [{ PORT: '70000' }, 'PORT is not usable: must be a whole number from 0 to 65535'],
  [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
  [{ DATABASE_URL: undefined }, 'DATABASE_URL'],
  [{ REDIS_URL: 'localhost:6379' }, 'REDIS_URL'],
  [{ ARTIFACT_URL: 'https://bucket' }, 'ARTIFACT_URL is not usable: must be a file: or s3: URL'],
  [{ ARTIFACT_URL: 's3://b' }, 'ARTIFACT_URL is not usable: must name a bucket'],
  [{ ARTIFACT_CACHE_GB: '0' }, 'ARTIFACT_CACHE_GB is not usable: must be a number above 0'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL is not usable: must be one of debug, info, warn, error'],
  [{ HARTOMAT_ADMIN_TOKEN: 'short' }, 'HARTOMAT_ADMIN_TOKEN'],
  [{ HARTOMAT_SECRET_KEY: `${'x'.repeat(32)},short` }, 'HARTOMAT_SECRET_KEY'],
])('names the setting that is wrong: %o', (env, name) => {
  expect(() => readSettings({ DATABASE_URL, ...env })).toThrow(
    expect.objectContaining({ code: 'SETTINGS_INVALID', message: expect.stringContaining(name) }),
  );
});

it('takes a directory or a bucket for artifacts; with a bucket, copies are kept in the data directory', () => {
  const read = (env: NodeJS.ProcessEnv) => readSettings({ DATABASE_URL, HARTOMAT_HOME: '/data', ...env });
  expect(read({ ARTIFACT_URL: 'file:///mnt/artifacts' })).toMatchObject({
    artifactDir: '/mnt/artifacts',
    artifactBucket: null,
  });
  expect(read({ ARTIFACT_URL: 's3://studio/live?region=eu-central-1', ARTIFACT_CACHE_GB: '0.5' })).toMatchObject({
    artifactDir: '/data/artifact-cache',
    artifactBucket: { bucket: { name: 'studio', prefix: 'live/', region: 'eu-central-1' }, cacheBytes: 2 ** 29 },
  });
});

it('takes keys as a list, the newest first', () => {
  const [a, b] = ['a'.repeat(32), 'b'.repeat(32)];
  expect(readSettings({ DATABASE_URL, HARTOMAT_SECRET_KEY: ` ${a}, ${b}` }).secretKeys).toEqual([a, b]);
  expect(readSettings({ DATABASE_URL }).secretKeys).toEqual([]);
});

it('takes module packages as a list', () => {
  const { modulePackages } = readSettings({ DATABASE_URL, HARTOMAT_MODULES: ' @studio/modules, ./own ,' });
  expect(modulePackages).toEqual(['@studio/modules', './own']);
});
