import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { blenderFacts } from '../modules/render/blenderFacts.js';
import { blenderWithoutNumpy } from '../tests/support/blenderWithoutNumpy.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { describeWith } from '../tests/support/tools.js';
import { reportTools, watchTools } from './tools.js';
import { startWorker } from './worker.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());

const QUERY =
  '{ workers { id blender { version numpyVersion hasOpenImageDenoise gpuDevices { type name } } blenderProblem ffmpegProblem } }';

/** What the API says of a worker that was started with these capabilities and looked round. */
async function reported(capabilities: ('blender' | 'io')[], env?: NodeJS.ProcessEnv) {
  const { platform } = app;
  const worker = await startWorker(platform, { capabilities });
  await reportTools(platform.pool, { id: worker.id, capabilities }, env);
  const { data } = await app.gql(QUERY);
  await worker.stop(0);
  return data.workers.find(({ id }: { id: string }) => id === worker.id);
}

it('says why a worker cannot render', async () => {
  expect(await reported(['blender'], { PATH: '/nowhere' })).toMatchObject({
    blender: null,
    blenderProblem: expect.stringContaining('apt-get install blender'),
    ffmpegProblem: expect.stringContaining('apt-get install ffmpeg'),
  });
});

it('says that its Blender has no NumPy, until it has', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'hartomat-tools-'));
  const env = { BLENDER_PATH: await blenderWithoutNumpy(dir), PATH: '/nowhere' };
  expect(await reported(['blender'], env)).toMatchObject({
    blender: null,
    blenderProblem: expect.stringContaining('apt-get install python3-numpy'),
  });
  const program = await readFile(env.BLENDER_PATH, 'utf8');
  await writeFile(env.BLENDER_PATH, program.replace('"numpyVersion":null', '"numpyVersion":"1.24.2"'));
  expect(await reported(['blender'], env)).toMatchObject({ blender: { numpyVersion: '1.24.2' }, blenderProblem: null });
  await rm(dir, { recursive: true });
});

it('says nothing of programs a worker does not need', async () => {
  expect(await reported(['io'])).toMatchObject({ blender: null, blenderProblem: null, ffmpegProblem: null });
});

describeWith('blender', 'a worker with Blender', () => {
  it('says what it can do', async () => {
    const { blender } = await reported(['blender', 'io']);
    expect(blender).toEqual(await blenderFacts());
    expect(blender.version).toMatch(/^\d+\.\d+/);
  });

  it('finds what is installed while it runs', async () => {
    const { platform } = app;
    const capabilities = ['blender'] as const;
    const worker = await startWorker(platform, { capabilities });
    const env: NodeJS.ProcessEnv = { PATH: '/nowhere' };
    const stop = watchTools(platform.pool, { id: worker.id, capabilities }, platform.log, { env, everyMs: 50 });
    const tools = async () =>
      (await app.gql(QUERY)).data.workers.find(({ id }: { id: string }) => id === worker.id) as Record<string, unknown>;
    await expect.poll(async () => (await tools()).blenderProblem).toContain('not installed');
    env.PATH = process.env.PATH;
    await expect.poll(tools).toMatchObject({ blender: {}, blenderProblem: null });
    stop();
    await worker.stop(0);
  });
});
