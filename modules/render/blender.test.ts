import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { isRunning } from '../../tests/support/processes.js';
import { describeWith } from '../../tests/support/tools.js';
import { findBlender, runBlender } from './blender.js';
import { blenderFacts } from './blenderFacts.js';

const script = (name: string) => `../../../tests/fixtures/blender/${name}`;

let test: Awaited<ReturnType<typeof createTestContext>>;
beforeEach(async () => {
  test = await createTestContext();
});
afterEach(() => test.cleanup());

describe('without Blender', () => {
  it('says that it is missing and how to install it', async () => {
    const env = { PATH: '/nowhere' };
    expect(await findBlender(env)).toBeNull();
    await expect(runBlender(test.ctx, { script: 'picture.py', job: {}, env })).rejects.toMatchObject({
      code: 'BLENDER_MISSING',
      isRetryable: true,
      message: expect.stringContaining('apt-get install blender python3-numpy libegl1 libgl1-mesa-dri'),
    });
  });

  it('names a BLENDER_PATH that leads nowhere instead of taking another Blender', async () => {
    const env = { PATH: process.env.PATH, BLENDER_PATH: '/nowhere/blender' };
    await expect(blenderFacts(env)).rejects.toMatchObject({
      code: 'BLENDER_MISSING',
      message: expect.stringContaining('/nowhere/blender'),
    });
  });
});

it('says that a program which is not Blender does not start', async () => {
  await expect(blenderFacts({ BLENDER_PATH: '/bin/true' })).rejects.toMatchObject({ code: 'BLENDER_CRASHED' });
});

describeWith('blender', 'Blender', () => {
  it('is found and tells what it can do', async () => {
    const facts = await blenderFacts();
    expect(facts).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+/),
      numpyVersion: expect.stringMatching(/^\d+\.\d+/),
      hasOpenImageDenoise: expect.any(Boolean),
      gpuDevices: expect.any(Array),
    });
  });

  it('fails with the last lines of the log when a script raises', async () => {
    await expect(runBlender(test.ctx, { script: script('raise.py'), job: {} })).rejects.toMatchObject({
      code: 'BLENDER_CRASHED',
      failureClass: 'crash',
      details: { log: expect.arrayContaining(['about to fail', 'RuntimeError: the scene is upside down']) },
    });
  });

  it('sees none of our environment and has no standard input', async () => {
    process.env.HARTOMAT_TEST_SECRET = 'secret';
    const { env, stdin } = await runBlender(test.ctx, { script: script('environment.py'), job: {} });
    delete process.env.HARTOMAT_TEST_SECRET;
    expect(env).not.toContain('HARTOMAT_TEST_SECRET');
    expect(stdin).toBe('');
  });

  it('is as it left the factory, runs no scripts of files, and leads a process group of its own', async () => {
    const facts = await runBlender(test.ctx, { script: script('environment.py'), job: {} });
    expect(facts).toMatchObject({ isFactory: true, runsScriptsOfFiles: false, leadsItsGroup: true });
  });

  it('ends the whole process group on abort, even when the script ignores it', async () => {
    const running = runBlender(test.ctx, { script: script('hang.py'), job: {} });
    const child = await logged(/child (\d+)/);
    test.abort();
    await expect(running).rejects.toThrow('cancelled');
    await expect.poll(() => isRunning(child)).toBe(false);
  });

  it('stops at the time limit', async () => {
    await expect(runBlender(test.ctx, { script: script('hang.py'), job: {}, timeLimitMs: 500 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      isRetryable: true,
    });
  });

  it('stops at the memory limit', async () => {
    await expect(
      runBlender(test.ctx, { script: script('eat_memory.py'), job: {}, memoryLimitMb: 2048 }),
    ).rejects.toMatchObject({ code: 'OUT_OF_MEMORY', isRetryable: true });
  });

  it('does not start when it is cancelled already', async () => {
    test.abort();
    await expect(runBlender(test.ctx, { script: script('hang.py'), job: {} })).rejects.toThrow('cancelled');
  });

  it('finds Blender under a path with blanks and quotes', async () => {
    const { symlink, mkdir } = await import('node:fs/promises');
    const dir = await mkdtemp(path.join(tmpdir(), 'hm-blender-'));
    const odd = path.join(dir, `it's "my" $(Blender)`);
    await mkdir(odd);
    await symlink((await findBlender())!, path.join(odd, 'blender'));
    const facts = await runBlender(test.ctx, {
      script: script('environment.py'),
      job: {},
      env: { BLENDER_PATH: path.join(odd, 'blender') },
    });
    expect(facts.env).toContain('PATH');
    await rm(dir, { recursive: true });
  });
});

async function logged(pattern: RegExp): Promise<number> {
  const found = () => Number(test.logs.map(({ message }) => pattern.exec(message)?.[1]).find(Boolean) ?? 0);
  await expect.poll(found).toBeGreaterThan(0);
  return found();
}
