import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replicated } from '../../tests/fixtures/step/awkward.js';
import { fixture } from '../../tests/fixtures/step/cases.js';
import { TEST_MS } from '../../tests/support/patience.js';
import { isRunning } from '../../tests/support/processes.js';
import type { ChildLimits } from '../children/childPool.js';
import { CAD_DEFAULTS, CadReaders } from './occt.js';
import type { CadJob } from './occtJobs.js';
import { tessellationOf } from './tessellation.js';

const isGone = (pid: number) => expect.poll(() => isRunning(pid)).toBe(false);

describe('the CAD child processes', () => {
  let dir: string;
  let readers: CadReaders;
  const start = (options: Partial<ChildLimits> = {}) => {
    readers = new CadReaders({ maxChildren: 1, ...options });
    return readers;
  };
  const glb = (name: string): CadJob => ({
    op: 'glb',
    stepPath: fixture(name),
    sha256: name,
    tessellation: tessellationOf({ quality: 'draft' }),
    outPath: path.join(dir, `${name}.glb`),
  });

  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'hartomat-occt-'));
  });
  afterEach(async () => {
    await readers.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('read a file once for all that is asked of it', async () => {
    start({ maxChildren: 2 });
    const { outPath: _, ...rest } = glb('housing-p205.step') as CadJob & { outPath: string };
    const results = await Promise.all([
      readers.run(glb('housing-p205.step')),
      readers.run({ ...rest, op: 'bbox' } as CadJob),
      readers.run({ ...rest, op: 'objects', outPath: path.join(dir, 'objects.json') } as CadJob),
    ]);
    expect(results.map((result) => result.isWarm)).toEqual([false, true, true]);
    expect(readers.pids).toHaveLength(1);
  });

  it('report progress that never goes back', async () => {
    start();
    const fractions: number[] = [];
    await readers.run(glb('flanged-shaft-inch.step'), { onProgress: (fraction) => fractions.push(fraction) });
    expect(fractions.length).toBeGreaterThan(2);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  });

  it(
    'read 30 MB of hundreds of parts in half the memory that is theirs, and tell how far they are',
    async () => {
      start({ maxRssBytes: CAD_DEFAULTS.maxRssBytes / 2 });
      const part = await readFile(fixture('housing-p205.step'));
      const copies = Math.ceil((30 * 1024 * 1024) / part.length);
      const stepPath = path.join(dir, 'large.step');
      await writeFile(stepPath, replicated(part, copies));
      const fractions: number[] = [];
      const { facts } = await readers.run(
        { ...glb('large.step'), stepPath },
        { onProgress: (fraction) => fractions.push(fraction) },
      );
      expect(facts).toMatchObject({ partCount: copies, instanceCount: copies });
      expect(copies).toBeGreaterThan(300);
      // One report a piece of the file at least.
      expect(new Set(fractions).size).toBeGreaterThan(30);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    },
    2 * TEST_MS,
  );

  it('are killed on abort, and the jobs that waited behind go on in a new one', async () => {
    start();
    const abort = new AbortController();
    let pid = 0;
    const running = readers.run(glb('bearing-6205.step'), {
      signal: abort.signal,
      onProgress: (fraction) => {
        if (fraction < 0.1) return;
        [pid] = readers.pids as [number];
        abort.abort(new Error('cancelled by a person'));
      },
    });
    const waiting = readers.run(glb('flanged-shaft-inch.step'));
    await expect(running).rejects.toThrow('cancelled by a person');
    await isGone(pid);
    expect((await waiting).facts.partCount).toBe(1);
    expect(readers.pids).not.toContain(pid);
  });

  it('do not start what was aborted while it waited', async () => {
    start();
    const abort = new AbortController();
    const running = readers.run(glb('flanged-shaft-inch.step'));
    const waiting = readers.run(glb('housing-p205.step'), { signal: abort.signal });
    abort.abort(new Error('not needed'));
    await expect(waiting).rejects.toThrow('not needed');
    await running;
    await expect(readFile(path.join(dir, 'housing-p205.step.glb'))).rejects.toThrow('ENOENT');
    await expect(readers.run(glb('housing-p205.step'), { signal: abort.signal })).rejects.toThrow('not needed');
  });

  it('are stopped at the time limit', async () => {
    start({ timeLimitMs: 30 });
    await expect(readers.run(glb('bearing-6205.step'))).rejects.toMatchObject({
      code: 'CAD_TIMEOUT',
      failureClass: 'timeout',
    });
  });

  it('are stopped at the memory limit, while OpenCascade holds their own loop', async () => {
    start({ maxRssBytes: 150 * 1024 * 1024 });
    await expect(readers.run(glb('bearing-6205.step'))).rejects.toMatchObject({
      code: 'CAD_OUT_OF_MEMORY',
      failureClass: 'resource',
    });
  });

  it('may die without taking anything along: the job fails as transient and the next one works', async () => {
    start();
    let isKilled = false;
    const onProgress = (fraction: number) => {
      if (isKilled || fraction < 0.1) return;
      isKilled = process.kill(readers.pids[0]!, 'SIGKILL');
    };
    const running = readers.run(glb('bearing-6205.step'), { onProgress });
    await expect(running).rejects.toMatchObject({ code: 'CAD_CRASHED', failureClass: 'transient' });
    expect((await readers.run(glb('flanged-shaft-inch.step'))).facts.triangleCount).toBeGreaterThan(100);
  });

  it('are replaced after a number of jobs, and end when nobody needs them', async () => {
    start({ recycleJobs: 1, idleMs: 200 });
    await readers.run(glb('flanged-shaft-inch.step'));
    const [first] = readers.pids;
    await readers.run(glb('housing-p205.step'));
    const [second] = readers.pids;
    expect(second).not.toBe(first);
    await isGone(first!);
    await isGone(second!);
    await expect.poll(() => readers.pids).toEqual([]);
  });

  it('neither keep an idle process alive nor let it end before they are closed', async () => {
    start();
    const script = `
      import { CadReaders } from ${JSON.stringify(fileURLToPath(new URL('./occt.ts', import.meta.url)))};
      const run = (readers) => readers.run(${JSON.stringify({ ...glb('housing-p205.step'), op: 'inspect' })});
      const closed = new CadReaders();
      await run(closed);
      await closed.close();
      await run(new CadReaders());
      console.log('ran to the end');`;
    const output = await new Promise<string>((resolve) => {
      execFile('node', ['--import', 'tsx', '--input-type=module', '-e', script], (_error, stdout) => resolve(stdout));
    });
    expect(output).toBe('ran to the end\n');
  });

  it('end with the process that started them, even in the middle of a file', async () => {
    start();
    const script = `
      import { CadReaders } from ${JSON.stringify(fileURLToPath(new URL('./occt.ts', import.meta.url)))};
      const readers = new CadReaders({ maxChildren: 1 });
      readers.run(${JSON.stringify(glb('bearing-6205.step'))}, { onProgress: (fraction) => {
        if (fraction >= 0.1) { console.log(readers.pids[0]); process.kill(process.pid, 'SIGKILL'); }
      } });`;
    const output = await new Promise<string>((resolve) => {
      execFile('node', ['--import', 'tsx', '--input-type=module', '-e', script], (_error, stdout) => resolve(stdout));
    });
    expect(Number(output)).toBeGreaterThan(0);
    await isGone(Number(output));
  });
});
