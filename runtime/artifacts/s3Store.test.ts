import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { freePort } from '../../scripts/lib/processes.mjs';
import { refuse, S3_CREDENTIALS, startTestBucket, type TestBucket } from '../../tests/support/s3.js';
import { parseBucket } from './bucket.js';
import { contentPath } from './contentPath.js';
import { S3ArtifactStore } from './s3Store.js';

let root: string;
let bucket: TestBucket;
let prefix: string;
beforeAll(async () => {
  bucket = await startTestBucket();
});
afterAll(() => bucket?.stop());
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'hartomat-s3-store-'));
  prefix = path.basename(root);
});
afterEach(async () => {
  bucket.fault = null;
  await rm(root, { recursive: true, force: true });
});

const MB = 1024 * 1024;
const content = (byteSize: number) => {
  const bytes = randomBytes(byteSize);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
};

/** A store as a machine of its own has it. */
function machine(name: string, maxCacheBytes = 1024 * MB, url = bucket.url(prefix)) {
  const cacheDir = path.join(root, name, 'cache');
  const store = new S3ArtifactStore(parseBucket(url), cacheDir, maxCacheBytes);
  return {
    store,
    dir: (use: string) => path.join(root, name, use),
    cached: async (sha256: string) =>
      stat(path.join(cacheDir, contentPath(sha256))).then(
        () => true,
        () => false,
      ),
    arriving: () => readdir(path.join(cacheDir, 'incoming')).catch(() => []),
  };
}

async function stored(byteSize: number) {
  const made = content(byteSize);
  await machine('writer').store.put(Readable.from([made.bytes]));
  bucket.seen.length = 0;
  return made;
}

/** Comparing megabytes by `toEqual` takes minutes. */
const same = (bytes: Buffer, others: Buffer) => bytes.equals(others);

const asked = (method: string) => bucket.seen.filter((request) => request.method === method);

it('fetches what many want at once once, and what it has had not again', async () => {
  const { bytes, sha256 } = await stored(3 * MB);
  const { store, dir } = machine('reader');
  const files = await Promise.all(
    Array.from({ length: 20 }, (_, run) => (run % 2 ? store.localFile(sha256, dir(`run-${run}`)) : store.read(sha256))),
  );
  for (const file of files) expect(same(Buffer.isBuffer(file) ? file : await readFile(file), bytes)).toBe(true);
  expect(same(await buffer(await store.open(sha256)), bytes)).toBe(true);
  expect(await buffer(await store.open(sha256, { start: 5, end: 9 }))).toEqual(bytes.subarray(5, 10));
  expect(asked('GET')).toHaveLength(1);
});

it('asks for nothing that it wrote itself, and writes nothing that is there', async () => {
  const { bytes, sha256 } = content(9 * MB);
  const { store, dir } = machine('writer');
  bucket.seen.length = 0;
  await store.put(Readable.from([bytes]));
  const uploaded = asked('PUT').length;
  expect(uploaded).toBe(2);
  await machine('other').store.put(Readable.from([bytes]));
  expect(asked('PUT')).toHaveLength(uploaded);
  expect(same(await readFile(await store.localFile(sha256, dir('run'))), bytes)).toBe(true);
  expect(asked('GET')).toEqual([]);
});

it('writes again what has another size in the bucket than it must have', async () => {
  const { bytes, sha256 } = content(100);
  await bucket.write(`${prefix}/${contentPath(sha256)}`, bytes.subarray(0, 60));
  await machine('writer').store.put(Readable.from([bytes]));
  expect(same(await machine('reader').store.read(sha256), bytes)).toBe(true);
});

it('makes room by what was not used for longest, but not by what is in use', async () => {
  const [held, old, used, next] = [await stored(MB), await stored(MB), await stored(MB), await stored(MB)];
  const { store, dir, cached } = machine('reader', 3.5 * MB);
  const file = await store.localFile(held.sha256, dir('run'));
  for (const { sha256 } of [old, used]) await store.read(sha256);
  // As if they were last used hours ago; then one of them is used again.
  for (const [hours, { sha256 }] of [held, used, old].entries()) {
    const then = new Date(Date.now() - (9 - hours) * 3_600_000);
    await utimes(path.join(dir('cache'), contentPath(sha256)), then, then);
  }
  await store.read(used.sha256);
  await store.read(next.sha256);
  expect(await Promise.all([held, old, used, next].map(({ sha256 }) => cached(sha256)))).toEqual([
    true,
    false,
    true,
    true,
  ]);
  await rm(dir('run'), { recursive: true });
  const more = await stored(MB);
  await store.read(more.sha256);
  expect(await cached(held.sha256)).toBe(false);
  await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('hands out a file that alone is more than the cache may hold', async () => {
  const { bytes, sha256 } = await stored(MB);
  const { store, dir } = machine('reader', 10);
  const files = await Promise.all(['one', 'other'].map((run) => store.localFile(sha256, dir(run))));
  for (const file of files) expect(same(await readFile(file), bytes)).toBe(true);
});

it.runIf(existsSync('/dev/shm'))('hands out a copy where a link cannot be made', async () => {
  const { bytes, sha256 } = await stored(MB);
  const elsewhere = await mkdtemp('/dev/shm/hartomat-run-');
  try {
    const file = await machine('reader').store.localFile(sha256, elsewhere);
    expect(same(await readFile(file), bytes)).toBe(true);
    expect(await readdir(elsewhere)).toEqual([sha256]);
  } finally {
    await rm(elsewhere, { recursive: true });
  }
});

it('notices content that is not what it was', async () => {
  const { sha256 } = await stored(2 * MB);
  await bucket.write(`${prefix}/${contentPath(sha256)}`, content(2 * MB).bytes);
  const { store, dir, cached, arriving } = machine('reader');
  const corrupt = { code: 'ARTIFACT_CORRUPT', isRetryable: false, details: { sha256 } };
  await expect(store.read(sha256)).rejects.toMatchObject(corrupt);
  await expect(store.localFile(sha256, dir('run'))).rejects.toMatchObject(corrupt);
  await expect(store.open(sha256).then(buffer)).rejects.toMatchObject(corrupt);
  expect([await cached(sha256), await arriving(), await readdir(dir('run'))]).toEqual([false, [], []]);
});

it('goes on where a connection broke', async () => {
  const { bytes, sha256 } = await stored(3 * MB);
  bucket.fault = (request, response) => {
    if (request.headers.range) return false;
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, 2 * MB), () => response.destroy());
    return true;
  };
  expect(same(await machine('reader').store.read(sha256), bytes)).toBe(true);
  expect(same(await buffer(await machine('another').store.open(sha256)), bytes)).toBe(true);
  const ranges = asked('GET').flatMap(({ range }) => range ?? []);
  expect(ranges).toHaveLength(2);
  for (const range of ranges) expect(range).toMatch(new RegExp(`^bytes=[1-9]\\d*-${bytes.length - 1}$`));
});

it('gives up a connection that breaks again and again, and keeps nothing of it', async () => {
  const { bytes, sha256 } = await stored(MB);
  bucket.fault = (request, response) => {
    if (request.method !== 'GET') return false;
    response.writeHead(request.headers.range ? 206 : 200, { 'content-length': bytes.length });
    response.flushHeaders();
    response.destroy();
    return true;
  };
  const { store, arriving } = machine('reader');
  await expect(store.read(sha256)).rejects.toMatchObject({ code: 'ARTIFACT_STORE_UNREACHABLE', isRetryable: true });
  expect(await arriving()).toEqual([]);
});

it('tries again when the server is busy', async () => {
  const { bytes, sha256 } = content(100);
  let refusals = 2;
  bucket.fault = (_request, response) => {
    if (refusals-- <= 0) return false;
    response.writeHead(503).end();
    return true;
  };
  const { store } = machine('writer');
  await store.put(Readable.from([bytes]));
  refusals = 2;
  expect(same(await machine('reader').store.read(sha256), bytes)).toBe(true);
});

it('ends a download when nobody waits for it any more, and not before', async () => {
  const { bytes, sha256 } = await stored(MB);
  let answer!: ServerResponse;
  const begun = new Promise<void>((resolve) => {
    bucket.fault = (_request, response) => {
      answer = response;
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 1000), () => resolve());
      return true;
    };
  });
  const { store, arriving } = machine('reader');
  const [one, other] = [new AbortController(), new AbortController()];
  const reading = [one, other].map(({ signal }) => store.read(sha256, signal));
  const ends = Promise.allSettled(reading);
  await begun;
  one.abort(new Error('cancelled'));
  await expect(reading[0]).rejects.toThrow('cancelled');
  expect(answer.destroyed).toBe(false);
  const hungUp = new Promise((resolve) => answer.once('close', resolve));
  other.abort(new Error('cancelled too'));
  await hungUp;
  expect(await ends).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  await expect.poll(arriving).toEqual([]);
  bucket.fault = null;
  expect(same(await store.read(sha256), bytes)).toBe(true);
});

it('lets go of what is not read to its end', async () => {
  const { sha256 } = await stored(8 * MB);
  const { store } = machine('reader');
  const closed = new Promise((resolve) => {
    bucket.fault = (_request, response) => {
      response.once('close', () => resolve(response.writableFinished));
      return false;
    };
  });
  (await store.open(sha256)).destroy();
  expect(await closed).toBe(false);
});

it('leaves no parts behind of an upload that is broken off', async () => {
  const { bytes, sha256 } = content(20 * MB);
  const stop = new AbortController();
  bucket.fault = (request) => {
    if (request.url!.includes('partNumber=1')) stop.abort(new Error('cancelled'));
    return false;
  };
  const { store, arriving } = machine('writer');
  await expect(store.put(Readable.from([bytes]), stop.signal)).rejects.toThrow('cancelled');
  await expect.poll(() => asked('DELETE').filter(({ target }) => target.includes('uploadId='))).toHaveLength(1);
  expect([await store.byteSize(sha256), await arriving()]).toEqual([null, []]);
});

it('says in one sentence why it cannot be used', async () => {
  const problem = async (url: string) => {
    const { store } = machine('any', MB, url);
    const failures = await Promise.allSettled([store.check(), store.byteSize('a'.repeat(64))]);
    return failures.map((failure) => (failure.status === 'rejected' ? failure.reason.message : 'none'));
  };
  const closed = `s3://hartomat-test?endpoint=http://127.0.0.1:${await freePort()}`;
  for (const message of await problem(closed)) expect(message).toMatch(/^The artifact store, .*ECONNREFUSED/);
  expect((await problem(bucket.url().replace('hartomat-test', 'no-such-bucket')))[0]).toMatch(
    /^There is no such bucket/,
  );
});

it.each([
  ['AWS_ACCESS_KEY_ID', /refuses: it does not know this access key\. Check AWS_ACCESS_KEY_ID\.$/],
  ['AWS_SECRET_ACCESS_KEY', /refuses: the secret is not that of the access key\. Check AWS_SECRET_ACCESS_KEY\.$/],
] as const)('says at the start that %s is wrong, and does not say it again', async (name, problem) => {
  vi.stubEnv(name, 'NOBODY');
  try {
    const { store } = machine('any');
    await expect(store.check()).rejects.toMatchObject({ code: 'ARTIFACT_STORE_REFUSED' });
    await expect(store.check()).rejects.toThrow(problem);
    await expect(store.check()).rejects.not.toThrow('NOBODY');
    // Nobody reads or writes anything with it either.
    await expect(store.put(Readable.from(['x']))).rejects.toMatchObject({ code: 'ARTIFACT_STORE_REFUSED' });
  } finally {
    vi.stubEnv(name, S3_CREDENTIALS[name]);
  }
});

it('says what the credentials need where they may not do what is to be done', async () => {
  const { store } = machine('any');
  bucket.fault = (_request, response) => {
    refuse(response, 'AccessDenied');
    return true;
  };
  await expect(store.check()).rejects.toThrow(/refuses \(AccessDenied\)\. The credentials need s3:ListBucket/);
});
