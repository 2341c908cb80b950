import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Server or worker in a process of its own, as `npm run server` and `npm run worker` start them. */
export interface Program {
  child: ChildProcess;
  /** Where a server listens. */
  url: string;
  /** Ends it as a power cut would. Resolves when it is gone. */
  kill(): Promise<void>;
}

/** Resolves when it is ready.
 * @throws Error where it ends instead; what it says goes to our standard error. */
export async function startProgram(
  main: 'server/main.ts' | 'worker/main.ts',
  env: NodeJS.ProcessEnv,
  args: string[] = [],
): Promise<Program> {
  const child = fork(path.join(PROJECT, main), args, {
    cwd: PROJECT,
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });
  const ended = once(child, 'exit');
  const ready = await Promise.race([once(child, 'message'), ended.then(() => null)]);
  if (!ready) throw new Error(`${main} did not start.`);
  return {
    child,
    url: ready[0].url,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
