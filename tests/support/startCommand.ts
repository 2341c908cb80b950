import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allProcesses, type SeenProcess } from './processes.js';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** `npm start` as a user runs it, without npm around it. */
export class StartCommand {
  /** Everything it printed so far. */
  output = '';
  private heard = () => {};
  private readonly child: ChildProcess;
  private readonly ended: Promise<number | null>;

  /** @param env replaces settings of the test's own environment; undefined takes one away. */
  constructor(args: string[], env: Record<string, string | undefined>) {
    this.child = spawn(process.execPath, [join(project, 'scripts/start.mjs'), ...args], {
      env: { ...process.env, DATABASE_URL: undefined, REDIS_URL: undefined, PORT: '0', NODE_ENV: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on('data', (chunk) => {
        this.output += chunk;
        this.heard();
      });
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Resolves with the match as soon as the output has it.
   * @throws Error with the output when the command ends before. */
  async until(pattern: RegExp): Promise<RegExpMatchArray> {
    const found = () => this.output.match(pattern);
    for (let match = found(); ; match = found()) {
      if (match) return match;
      const more = new Promise<boolean>((resolve) => {
        this.heard = () => resolve(true);
      });
      const isRunning = await Promise.race([more, this.ended.then(() => false)]);
      if (!isRunning && !found()) throw new Error(`npm start ended before ${pattern}:\n${this.output}`);
    }
  }

  /** @returns the exit code when it has ended. */
  end(): Promise<number | null> {
    return this.ended;
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }

  /** All processes below it, whatever their process group. */
  async descendants(): Promise<SeenProcess[]> {
    const all = await allProcesses();
    const below = (parent: number): SeenProcess[] =>
      all.filter((entry) => entry.parent === parent).flatMap((entry) => [entry, ...below(entry.pid)]);
    return below(this.pid);
  }

  /** The process below it whose command line contains `text`. */
  async find(text: string): Promise<number | undefined> {
    return (await this.descendants()).find(({ command }) => command.includes(text))?.pid;
  }
}
