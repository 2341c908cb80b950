import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileArtifactStore } from './fileStore.js';

let root: string;
let store: FileArtifactStore;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'hartomat-store-'));
  store = new FileArtifactStore(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

it('addresses content by its sha-256 and gives it back, whole or in part', async () => {
  const stored = await store.put(Readable.from([Buffer.from('hello '), Buffer.from('world')]));
  expect(stored).toEqual({ sha256: sha256('hello world'), byteSize: 11 });
  expect(await text(await store.open(stored.sha256))).toBe('hello world');
  expect(await text(await store.open(stored.sha256, { start: 6, end: 8 }))).toBe('wor');
  expect((await store.read(stored.sha256)).toString()).toBe('hello world');
  expect(await store.byteSize(stored.sha256)).toBe(11);
});

it('keeps one file of the same content, however many write it at once', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => store.put(Readable.from([Buffer.from('same')]))));
  expect(new Set(all.map((stored) => stored.sha256)).size).toBe(1);
  expect(await readdir(path.dirname(store.path(sha256('same'))))).toEqual([sha256('same')]);
  expect(await readdir(path.join(root, 'incoming'))).toEqual([]);
});

it('leaves nothing behind of a stream that breaks', async () => {
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from('half a ');
      throw new Error('the line went dead');
    })(),
  );
  await expect(store.put(broken)).rejects.toThrow('the line went dead');
  expect(await readdir(path.join(root, 'incoming'))).toEqual([]);
});

it('takes over a finished file and makes it read-only', async () => {
  const file = path.join(root, 'made.txt');
  await writeFile(file, 'made');
  const stored = await store.putFile(file);
  await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await readFile(store.path(stored.sha256), 'utf8')).toBe('made');
  expect((await stat(store.path(stored.sha256))).mode & 0o222).toBe(0);
});

it('knows nothing of content it does not have, and of addresses that are none', async () => {
  const never = sha256('never stored');
  expect(await store.byteSize(never)).toBeNull();
  for (const asked of [store.open(never), store.read(never), store.localFile(never)])
    await expect(asked).rejects.toMatchObject({ code: 'ARTIFACT_MISSING', details: { sha256: never } });
  expect(() => store.path('../../etc/passwd')).toThrow(TypeError);
});
