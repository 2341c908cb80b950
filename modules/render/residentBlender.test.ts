import { spawn } from 'node:child_process';
import { mkdtemp, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BoxPart, makeGlb } from '../../tests/support/glb.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { isRunning } from '../../tests/support/processes.js';
import { describeWith } from '../../tests/support/tools.js';
import type { JsonObject } from '../json.js';
import { runBlender } from './blender.js';
import { neutralStudio } from './neutralStudio.js';
import { ResidentBlenders } from './residentBlender.js';
import { isPreview, type Scene, sceneJob } from './scene.js';

const box = (size: [number, number, number], color: [number, number, number]): BoxPart => ({
  partId: 'p0',
  partName: 'Box',
  size,
  at: [[0, 0, 0]],
  color,
});
const CUBE = box([0.02, 0.02, 0.02], [0.6, 0, 0]);
const ROD = box([0.1, 0.01, 0.02], [0, 0, 0.6]);

let test: Awaited<ReturnType<typeof createTestContext>>;
let residents: ResidentBlenders;
beforeEach(async () => {
  test = await createTestContext();
  residents = new ResidentBlenders();
});
afterEach(async () => {
  await residents.close();
  await test.cleanup();
});

async function scene(part: BoxPart, changes: Partial<Scene> = {}): Promise<Scene> {
  const glb = path.join(test.dir, `${part.size.join('x')}.glb`);
  await writeFile(glb, await makeGlb([part]));
  return {
    glb,
    template: neutralStudio,
    materials: null,
    resolution: { width: 48, height: 32 },
    engine: 'cycles',
    samples: 4,
    seed: 0,
    denoise: true,
    camera: {},
    framing: 'product',
    upAxis: '+z',
    bboxMm: null,
    ...changes,
  };
}

/** A job in a directory of its own, as every node of a run has one. */
async function picture(part: BoxPart, changes: Partial<Scene> = {}) {
  const output = path.join(await mkdtemp(path.join(test.ctx.workdir, 'node-')), 'picture.png');
  const job = { scene: sceneJob(await scene(part, changes)), output, shadow: null } as unknown as JsonObject;
  return { script: 'picture.py', job, output };
}

const pixels = (file: string) => sharp(file).raw().toBuffer();

describe('what may be rendered by a resident', () => {
  it.each<[string, Partial<Scene>, boolean]>([
    ['a thumbnail', { resolution: { width: 512, height: 512 }, samples: 16 }, true],
    ['a larger picture', { resolution: { width: 513, height: 512 }, samples: 16 }, false],
    ['a finer picture', { samples: 17 }, false],
    ['plain materials', { materials: { p0: { name: 'steel', baseColor: '#ffffff' } } }, true],
    ['materials with a texture', { materials: { p0: { maps: [{ file: { sha256: 'ab' } }] } } }, false],
    ['materials with a file', { materials: { p0: { maps: { baseColor: '/store/ab' } } } }, false],
    ['an uploaded studio', { template: { ...neutralStudio, file: '/store/ab' } as Scene['template'] }, false],
  ])('%s', async (_, changes, expected) => {
    expect(isPreview(await scene(CUBE, changes))).toBe(expected);
  });
});

describeWith('blender', 'a resident Blender', () => {
  it('gives the very pixels of a Blender of its own, whatever it did before', async () => {
    const [fresh, first, again] = [await picture(CUBE), await picture(CUBE), await picture(CUBE)];
    await runBlender(test.ctx, fresh);
    const expected = await pixels(fresh.output);
    await residents.run(test.ctx, first);
    expect((await pixels(first.output)).equals(expected)).toBe(true);
    const other = await picture(ROD, { engine: 'workbench', samples: 8, denoise: false, upAxis: '+x', seed: 7 });
    await residents.run(test.ctx, other);
    await residents.run(test.ctx, again);
    expect((await pixels(again.output)).equals(expected)).toBe(true);
    expect((await pixels(other.output)).equals(expected)).toBe(false);
    expect(residents.pids).toHaveLength(1);
  });

  it('is one for each job at once, and they stay for the next ones', async () => {
    const jobs = await Promise.all([picture(CUBE), picture(ROD)]);
    const facts = await Promise.all(jobs.map((job) => residents.run(test.ctx, job)));
    expect(facts.map(({ radiusMm }) => Math.round(Number(radiusMm)))).toEqual([17, 51]);
    const pids = residents.pids;
    expect(pids).toHaveLength(2);
    await Promise.all((await Promise.all([picture(ROD), picture(CUBE)])).map((job) => residents.run(test.ctx, job)));
    expect(residents.pids).toEqual(pids);
  });

  it('ends when it has done enough, grew too large or has nothing to do', async () => {
    for (const options of [{ recycleJobs: 1 }, { recycleRssMb: 10 }, { idleMs: 50 }]) {
      const pool = new ResidentBlenders(options);
      await pool.run(test.ctx, await picture(CUBE));
      await expect.poll(() => pool.pids).toEqual([]);
    }
  });

  it('is replaced after a failure, which keeps its code and the last lines', async () => {
    const bad = await picture(CUBE);
    await writeFile((bad.job.scene as { glb: string }).glb, 'no model');
    await expect(residents.run(test.ctx, bad)).rejects.toMatchObject({ code: 'IMPORT_FAILED', failureClass: 'input' });
    await expect.poll(() => residents.pids).toEqual([]);
    await expect(residents.run(test.ctx, { script: 'nothing.py', job: {} })).rejects.toMatchObject({
      code: 'BLENDER_CRASHED',
      details: { log: expect.arrayContaining([expect.stringContaining("KeyError: 'nothing.py'")]) },
    });
    const good = await picture(CUBE);
    await residents.run(test.ctx, good);
    expect((await pixels(good.output)).length).toBeGreaterThan(0);
  });

  it('is killed on abort, and the next job gets another', async () => {
    await residents.run(test.ctx, await picture(CUBE));
    const [pid] = residents.pids;
    const long = await picture(CUBE, { resolution: { width: 2048, height: 2048 }, samples: 4096 });
    const abort = new AbortController();
    const progress = (fraction: number) => fraction >= 0.1 && abort.abort(new Error('cancelled'));
    const running = residents.run({ ...test.ctx, signal: abort.signal, progress }, long);
    await expect(running).rejects.toThrow('cancelled');
    await expect.poll(() => isRunning(pid!)).toBe(false);
    await residents.run(test.ctx, await picture(CUBE));
    expect(residents.pids).not.toContain(pid);
  });

  it('stops at the time limit', async () => {
    const long = await picture(CUBE, { resolution: { width: 2048, height: 2048 }, samples: 4096 });
    await expect(residents.run(test.ctx, { ...long, timeLimitMs: 1500 })).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('does not fail a job because it was killed while it waited', async () => {
    await residents.run(test.ctx, await picture(CUBE));
    const [pid] = residents.pids;
    process.kill(pid!, 'SIGKILL');
    const job = await picture(CUBE);
    await residents.run(test.ctx, job);
    expect((await stat(job.output)).size).toBeGreaterThan(0);
  });

  it.each(['idle', 'busy'])('does not outlive a worker that is killed while it is %s', async (state) => {
    const job = await picture(
      CUBE,
      state === 'busy' ? { resolution: { width: 2048, height: 2048 }, samples: 4096 } : {},
    );
    const worker = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', WORKER], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    worker.stdin.end(JSON.stringify({ ...job, workdir: test.ctx.workdir, state }));
    const pid = await new Promise<number>((resolve) => {
      worker.stdout.on('data', (text) => resolve(Number(/pid (\d+)/.exec(String(text))![1])));
    });
    expect(await isRunning(pid)).toBe(true);
    worker.kill('SIGKILL');
    await expect.poll(() => isRunning(pid)).toBe(false);
    // Its directory goes when the next worker starts one.
    await residents.run(test.ctx, await picture(CUBE));
    const left = async () =>
      (await readdir(tmpdir())).filter((name) => name.startsWith(`hartomat-resident-${worker.pid}-`));
    await expect.poll(left).toEqual([]);
  });
});

/** A worker of which nothing but its residents is of interest: tells the process id and waits to be killed. */
const WORKER = `
  import { residentBlenders } from ${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'residentBlender.ts')).href)};
  import { text } from 'node:stream/consumers';
  const { state, workdir, ...job } = JSON.parse(await text(process.stdin));
  const ctx = { workdir, signal: new AbortController().signal, log() {}, progress(fraction) {
    if (state === 'busy' && fraction >= 0.1) console.log('pid ' + residentBlenders.pids[0]);
  } };
  await residentBlenders.run(ctx, job);
  console.log('pid ' + residentBlenders.pids[0]);
  setInterval(() => {}, 1000);
`;
