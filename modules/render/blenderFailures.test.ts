import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { PATIENCE_MS } from '../../tests/support/patience.js';
import { describeWith } from '../../tests/support/tools.js';
import type { FailureClass, ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { type BlenderJob, runBlender } from './blender.js';
import { BLENDER_FAILURES, type BlenderFailure } from './blenderFailures.js';
import { BlenderProcess, withoutNetwork } from './blenderProcess.js';

const RETRIED: FailureClass[] = ['transient', 'resource', 'timeout'];

type Options = Partial<Omit<BlenderJob, 'script' | 'job'>> & { output?: string; kill?: NodeJS.Signals };

/** Every code with a real fault that leads to it. */
const FAULTS: [BlenderFailure, string, Options][] = [
  ['BLENDER_MISSING', 'wait', { env: { PATH: '/nowhere' } }],
  ['BLENDER_NUMPY_MISSING', 'lose_numpy', {}],
  ['BLENDER_OPENGL_MISSING', 'lose_opengl', {}],
  ['GPU_MISSING', 'want_gpu', {}],
  ['OUTPUT_TOO_LARGE', 'write_too_much_from_python', { fileLimitMb: 1 }],
  ['OUTPUT_TOO_LARGE', 'write_too_much_from_blender', { fileLimitMb: 1 }],
  ['FILE_MISSING', 'open_missing', {}],
  ['FILE_MISSING', 'read_missing', {}],
  ['BLENDER_KILLED', 'wait', { kill: 'SIGKILL' }],
  ['BLENDER_KILLED', 'wait', { kill: 'SIGTERM' }],
  ['OUT_OF_MEMORY', 'eat_memory_inside_blender', { memoryLimitMb: 2048 }],
  ['GPU_FAILED', 'lose_gpu', {}],
  ['GPU_FAILED', 'crash_gpu', {}],
  ['DISK_FULL', 'fill_disk_from_python', {}],
  ['DISK_FULL', 'fill_disk_from_blender', { output: '/dev/full' }],
  ['TIMEOUT', 'wait', { timeLimitMs: 400 }],
  ['BLENDER_SILENT', 'wait', { silenceLimitMs: 2000 }],
  ['BLENDER_CRASHED', 'segfault', {}],
  ['BLENDER_CRASHED', 'forget_result', {}],
];

/** Runs a fault of tests/fixtures/blender/fault.py; `kill` is sent when the job says who it is. */
async function run(fault: string, { output, kill, ...limits }: Options = {}, job: JsonObject = {}) {
  const test = await createTestContext();
  try {
    const log: typeof test.ctx.log = (level, message, fields) => {
      const pid = /^pid (\d+)$/.exec(message)?.[1];
      if (kill && pid) process.kill(Number(pid), kill);
      test.ctx.log(level, message, fields);
    };
    return await runBlender(
      { ...test.ctx, log },
      {
        script: '../../../tests/fixtures/blender/fault.py',
        job: { fault, output: output ?? path.join(test.ctx.workdir, 'out.png'), ...job },
        ...limits,
      },
    );
  } finally {
    await test.cleanup();
  }
}

describeWith('blender', 'a failure of Blender', () => {
  it('of every code is made here', () => {
    expect(new Set(FAULTS.map(([code]) => code))).toEqual(new Set(Object.keys(BLENDER_FAILURES)));
  });

  it.concurrent.each(FAULTS)('is %s after %s', async (code, fault, options) => {
    const error: ModuleError = await run(fault, options).then(
      () => expect.fail('it should fail'),
      (thrown) => thrown,
    );
    const failureClass: FailureClass = BLENDER_FAILURES[code];
    expect(error).toMatchObject({ code, failureClass, isRetryable: RETRIED.includes(failureClass) });
  });

  it.concurrent('has the code a job script gives it, and is not retried', async () => {
    await expect(run('refuse')).rejects.toMatchObject({
      code: 'IMPORT_FAILED',
      message: 'The model is not one.',
      failureClass: 'input',
      isRetryable: false,
    });
  });
});

it('a program that keeps talking is not stopped for its silence, however long it takes', async () => {
  const script = 'for i in $(seq 30); do echo still here; sleep 0.1; done';
  const talking = new BlenderProcess(spawn('sh', ['-c', script], { detached: true }));
  talking.watch({ timeMs: PATIENCE_MS, silenceMs: 2_000 });
  expect(await talking.end).toMatchObject({ status: 0, stopped: null });
});

describeWith('blender', 'the network', () => {
  it('is out of reach for Blender', async ({ skip }) => {
    if (!(await withoutNetwork())) skip('this system lets nobody cut Blender off the network');
    let callers = 0;
    const server = createServer((socket) => {
      callers++;
      socket.end();
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as { port: number };
    await expect(run('reach_out', {}, { port })).rejects.toMatchObject({
      details: { log: expect.arrayContaining([expect.stringMatching(/Network is unreachable|Connection refused/)]) },
    });
    expect(callers).toBe(0);
    server.close();
  });
});
