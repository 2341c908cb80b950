import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModulesApart } from './modulesApart.js';

// That modules/contracts.test.ts would see it if a module broke its contract.

let root: string;
let host: ModulesApart;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'hartomat-stray-'));
  host = await ModulesApart.start(path.join(root, 'host'), path.join(root, 'artifacts'), {
    modules: fileURLToPath(new URL('./strayModules.ts', import.meta.url)),
  });
});
afterAll(async () => {
  await host?.stop();
  await rm(root, { recursive: true, force: true });
});

const run = async (name: string, file = '') => (await host.run(`stray.${name}`, {}, { file })).ended;

it('lets a module write in its workdir', async () => {
  expect(await run('keeps_to_workdir')).toMatchObject({ type: 'done' });
  expect(await host.strayed()).toEqual([]);
});

describe.each(['home', 'tmp', 'cwd', 'work'])('what is written in %s', (place) => {
  it.each(['writes_briefly', 'lets_a_child_write'])('is seen when a module %s', async (name) => {
    expect(await run(name, path.join(host.root, place, 'stray'))).toMatchObject({ type: 'done' });
    expect(await host.strayed()).toEqual([`${place}/stray`]);
  });
});

const ELSEWHERE = {
  'the home of who runs it': homedir(),
  'the directory for temporary files': '/tmp',
  'that for lasting ones': '/var/tmp',
  'shared memory': '/dev/shm',
  'the project': fileURLToPath(new URL('../..', import.meta.url)),
};

describe.each(Object.entries(ELSEWHERE))('in %s', (_what, dir) => {
  for (const name of ['writes_briefly', 'lets_a_child_write'])
    it(`nothing can be written when a module ${name}`, async ({ skip }) => {
      if (!host.isConfined) skip('this system lets nobody make a mount namespace (unshare --mount)');
      const file = path.join(dir, `hartomat-stray-${process.pid}`);
      const ended = await run(name, file);
      await rm(file, { force: true });
      expect(ended).toMatchObject({ type: 'failed', message: expect.stringMatching(/read-only file system/i) });
    });
});

it('measures until the module has ended', async () => {
  const running = await host.run('stray.stops_late', {}, { lateMs: 2500 });
  await running.begun;
  const { ended, tookMs } = await running.stop();
  expect(ended.type).toBe('done');
  expect(tookMs).toBeGreaterThan(2400);
});

it('measures until the last process of the module has ended', async () => {
  const running = await host.run('stray.leaves_a_child', {}, { lateMs: 6000 });
  await running.begun;
  const { ended, tookMs } = await running.stop();
  expect(ended).toMatchObject({ type: 'failed', message: expect.stringContaining('aborted') });
  expect(tookMs).toBeGreaterThan(2000);
});
