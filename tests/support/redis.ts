import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '../../scripts/lib/processes.mjs';
import { requireTool } from './tools.js';

const PORTS_TRIED = 5;

/** Redis that keeps nothing on disk: who starts it again begins with an empty one. */
export interface TestRedis {
  url: string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again at the same address. */
  restart(): Promise<void>;
  /** Has it answer nothing, with all its connections open, until `wake`. */
  freeze(): void;
  wake(): void;
}

/** @param flags - of `redis-server`, beside those that make it a server for tests. */
export async function startRedis(dir: string, flags: Record<string, string | number> = {}): Promise<TestRedis> {
  // A port that was free a moment ago may be taken by now: then another one is tried.
  for (let tries = 1; tries <= PORTS_TRIED; tries++) {
    const port = await freePort();
    let child = await startOn(port, dir, flags);
    if (!child) continue;
    return {
      url: urlOf(port),
      async kill() {
        if (!child || child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      },
      async restart() {
        child = await startOn(port, dir, flags);
        if (!child) throw new Error('redis-server did not start again.');
      },
      freeze: () => void child!.kill('SIGSTOP'),
      wake: () => void child!.kill('SIGCONT'),
    };
  }
  throw new Error('redis-server did not start.');
}

const urlOf = (port: number) => `redis://127.0.0.1:${port}`;

/** @returns null when it ended before it answered. */
async function startOn(
  port: number,
  dir: string,
  flags: Record<string, string | number>,
): Promise<ChildProcess | null> {
  const all = { port, bind: '127.0.0.1', dir, save: '', appendonly: 'no', 'maxmemory-policy': 'noeviction', ...flags };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(requireTool('redis-server'), args, { stdio: 'ignore', detached: true });
  while (child.exitCode === null) {
    const probe = new Redis(urlOf(port), { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
    probe.on('error', () => {});
    const answered = await probe.connect().then(
      () => true,
      () => false,
    );
    probe.disconnect();
    if (answered) return child;
    await sleep(20);
  }
  return null;
}
