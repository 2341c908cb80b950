import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
  descendants(): Promise<SeenProcess[]> {
    return processTree(this.pid);
  }

  /** The process below it whose command line contains `text`. */
  async find(text: string): Promise<number | undefined> {
    return (await this.descendants()).find(({ command }) => command.includes(text))?.pid;
  }
}

export interface SeenProcess {
  pid: number;
  command: string;
  /** In ticks since the machine was started: an id may be given to another process, but not with the same start. */
  startedAt: string;
}

/** Ids of those processes that still run; a zombie does not, and neither does one whose id somebody else has by now. */
export async function alive(processes: Iterable<SeenProcess>): Promise<number[]> {
  const seen = [...processes];
  const now = await Promise.all(seen.map(({ pid }) => statOf(pid)));
  return seen
    .filter(({ startedAt }, i) => now[i]?.startedAt === startedAt && now[i]!.state !== 'Z')
    .map(({ pid }) => pid);
}

/** From /proc (proc_pid_stat(5)): not every machine has `ps`. Null: it is gone. */
async function statOf(pid: number): Promise<{ state: string; parent: number; startedAt: string } | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null); // it may end meanwhile
  if (stat === null) return null;
  // The name before it may have spaces and brackets. What follows begins with the third field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0]!, parent: Number(fields[1]), startedAt: fields[19]! };
}

async function processTree(root: number): Promise<SeenProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = await Promise.all(
    pids.map(async (pid) => {
      const [stat, command] = await Promise.all([
        statOf(pid),
        readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
      ]);
      return stat ? [{ pid, ...stat, command: command.replaceAll('\0', ' ') }] : [];
    }),
  );
  const flat = all.flat();
  const below = (parent: number): typeof flat =>
    flat.filter((entry) => entry.parent === parent).flatMap((entry) => [entry, ...below(entry.pid)]);
  return below(root);
}
