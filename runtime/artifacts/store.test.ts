import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestBucket, type TestBucket } from '../../tests/support/s3.js';
import { parseBucket } from './bucket.js';
import { contentPath } from './contentPath.js';
import { FileArtifactStore } from './fileStore.js';
import { S3ArtifactStore } from './s3Store.js';
import type { ArtifactStore } from './store.js';

// What every artifact store does, wherever it keeps its content.

const PIECE = randomBytes(1024 * 1024);

let root: string;
let bucket: TestBucket;
let prefix: string;
beforeAll(async () => {
  bucket = await startTestBucket();
});
afterAll(() => bucket?.stop());
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'hartomat-store-'));
  prefix = path.basename(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');
const filesBelow = async (dir: string) =>
  (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(dir, path.join(parentPath, name)));

const KINDS: Record<string, { open(): ArtifactStore; kept(): Promise<string[]> }> = {
  'in a directory': {
    open: () => new FileArtifactStore(root),
    kept: () => filesBelow(root),
  },
  'in a bucket': {
    open: () => new S3ArtifactStore(parseBucket(bucket.url(prefix)), path.join(root, 'cache'), 1024 ** 3),
    kept: async () =>
      (await bucket.keys()).flatMap((key) => (key.startsWith(prefix) ? [path.posix.relative(prefix, key)] : [])),
  },
};

describe.each(Object.entries(KINDS))('an artifact store %s', (_name, { open, kept }) => {
  let store: ArtifactStore;
  beforeEach(async () => {
    store = open();
    await mkdir(path.join(root, 'work'));
  });

  it('addresses content by its sha-256 and gives it back, whole or in part', async () => {
    const stored = await store.put(Readable.from([Buffer.from('hello '), Buffer.from('world')]));
    expect(stored).toEqual({ sha256: sha256('hello world'), byteSize: 11 });
    // Another one has nothing in memory, and nothing at hand.
    for (const one of [store, open()]) {
      expect(await text(await one.open(stored.sha256))).toBe('hello world');
      expect(await text(await one.open(stored.sha256, { start: 6, end: 8 }))).toBe('wor');
      expect((await one.read(stored.sha256)).toString()).toBe('hello world');
      expect(await one.byteSize(stored.sha256)).toBe(11);
      expect(await readFile(await one.localFile(stored.sha256, path.join(root, 'work')), 'utf8')).toBe('hello world');
    }
    expect(await kept()).toEqual([contentPath(stored.sha256)]);
  });

  it('keeps the same content once, however many write it at once', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => store.put(Readable.from([Buffer.from('same')]))));
    expect(new Set(all.map((stored) => stored.sha256)).size).toBe(1);
    expect(await kept()).toEqual([contentPath(sha256('same'))]);
  });

  it('leaves nothing behind of a stream that breaks', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half a ');
        throw new Error('the line went dead');
      })(),
    );
    await expect(store.put(broken)).rejects.toThrow('the line went dead');
    expect(await kept()).toEqual([]);
    expect(await filesBelow(root)).toEqual([]);
  });

  it('stops writing when it is told to, and leaves nothing behind', async () => {
    const stop = new AbortController();
    const endless = Readable.from(
      (async function* () {
        yield PIECE;
        stop.abort(new Error('cancelled'));
        for (;;) yield await new Promise<Buffer>((resolve) => setImmediate(resolve, PIECE));
      })(),
    );
    await expect(store.put(endless, stop.signal)).rejects.toThrow();
    expect(await kept()).toEqual([]);
    expect(await filesBelow(root)).toEqual([]);
  });

  it('takes over a finished file and hands it out read-only', async () => {
    const file = path.join(root, 'work', 'made.txt');
    await writeFile(file, 'made');
    const stored = await store.putFile(file);
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
    const local = await store.localFile(stored.sha256, path.join(root, 'work'));
    expect(await readFile(local, 'utf8')).toBe('made');
    expect((await stat(local)).mode & 0o222).toBe(0);
    expect(await store.localFile(stored.sha256, path.join(root, 'work'))).toBe(local);
  });

  it('has empty content too', async () => {
    const { sha256: empty } = await store.put(Readable.from([]));
    expect(await store.byteSize(empty)).toBe(0);
    expect(await text(await open().open(empty))).toBe('');
    expect(await open().read(empty)).toHaveLength(0);
  });

  it('takes content that is larger than what it holds in memory', async () => {
    const pieces = 20;
    const hash = createHash('sha256');
    bucket.seen.length = 0;
    const { sha256: big, byteSize } = await store.put(
      Readable.from(
        (function* () {
          for (let i = 0; i < pieces; i++) {
            const piece = Buffer.concat([Buffer.of(i), PIECE]);
            hash.update(piece);
            yield piece;
          }
        })(),
      ),
    );
    expect([big, byteSize]).toEqual([hash.digest('hex'), pieces * (PIECE.length + 1)]);
    expect(Math.max(0, ...bucket.seen.map(({ length }) => length))).toBeLessThanOrEqual(8 * PIECE.length);
    const read = createHash('sha256');
    let largest = 0;
    for await (const chunk of await open().open(big)) {
      read.update(chunk);
      largest = Math.max(largest, chunk.length);
    }
    expect(read.digest('hex')).toBe(big);
    expect(largest).toBeLessThanOrEqual(PIECE.length);
  });

  it('knows nothing of content it does not have, and of addresses that are none', async () => {
    const never = sha256('never stored');
    const dir = path.join(root, 'work');
    expect(await store.byteSize(never)).toBeNull();
    for (const ask of [() => store.open(never), () => store.read(never), () => store.localFile(never, dir)])
      await expect(ask()).rejects.toMatchObject({ code: 'ARTIFACT_MISSING', details: { sha256: never } });
    for (const ask of [
      async () => store.open('../../etc/passwd'),
      async () => store.read('../../etc/passwd'),
      async () => store.localFile('../../etc/passwd', dir),
      async () => store.byteSize('../../etc/passwd'),
    ])
      await expect(ask()).rejects.toThrow(TypeError);
  });

  it('says whether it can be used', async () => {
    await expect(store.check()).resolves.toBeUndefined();
  });
});

it('finds in a bucket what was copied there from a directory', async () => {
  const before = new FileArtifactStore(path.join(root, 'artifacts'));
  const { sha256: address } = await before.put(Readable.from([Buffer.from('moved')]));
  for (const file of await filesBelow(path.join(root, 'artifacts')))
    await bucket.write(`${prefix}/${file}`, await readFile(path.join(root, 'artifacts', file)));
  expect((await KINDS['in a bucket']!.open().read(address)).toString()).toBe('moved');
});

it('says of a directory that is gone that it cannot be used', async () => {
  await expect(new FileArtifactStore(path.join(root, 'gone')).check()).rejects.toMatchObject({
    code: 'ARTIFACT_STORE_UNREACHABLE',
    message: expect.stringContaining('ENOENT'),
  });
});
