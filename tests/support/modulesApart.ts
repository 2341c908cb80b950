import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { JsonObject } from '../../modules/json.js';
import type { Made } from './moduleSamples.js';
import { allProcesses, readOf } from './processes.js';

export type HostRequest =
  | {
      op: 'run';
      id: number;
      key: string;
      inputs: Record<string, unknown>;
      params: JsonObject;
      workdir: string;
      storeDir: string;
    }
  | { op: 'abort'; id: number };
export type HostAnswer = { id: number } & (
  | { type: 'progress'; fraction: number }
  | { type: 'done'; values: Made }
  | { type: 'failed'; name: string; message: string; code: string | null; failureClass: string | null }
);
export type Ended = Exclude<HostAnswer, { type: 'progress' }>;

export interface RunningModule {
  ended: Promise<Ended>;
  /** Resolves at the first sign of progress. */
  begun: Promise<void>;
  abort(): void;
}

/** A process of its own that runs modules, with a home, a directory for temporary files and a working directory of its own, so that
 * everything it leaves behind can be seen. */
export class ModulesApart {
  private nextId = 1;

  private constructor(
    /** Parent of everything the process may reach by default. */
    readonly root: string,
    private readonly storeDir: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(root: string, storeDir: string, env: NodeJS.ProcessEnv = {}): Promise<ModulesApart> {
    const [home, tmp, cwd] = ['home', 'tmp', 'cwd'].map((name) => path.join(root, name));
    for (const dir of [home!, tmp!, cwd!]) await mkdir(dir, { recursive: true });
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const child = fork(fileURLToPath(new URL('./moduleHost.ts', import.meta.url)), {
      cwd: cwd!,
      execArgv: ['--import', tsx],
      env: { ...process.env, ...env, HOME: home!, TMPDIR: tmp!, TSX_DISABLE_CACHE: '1' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    return new ModulesApart(root, storeDir, child);
  }

  run(key: string, inputs: Record<string, unknown>, params: JsonObject): RunningModule {
    const id = this.nextId++;
    const workdir = path.join(this.root, 'work', String(id));
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const ended = new Promise<Ended>((resolve, reject) => {
      const listen = (answer: HostAnswer) => {
        if (answer.id !== id) return;
        if (answer.type === 'progress') return begin();
        this.child.off('message', listen).off('exit', lost);
        resolve(answer);
      };
      const lost = () => reject(new Error(`The process ended while it ran ${key}.`));
      this.child.on('message', listen).once('exit', lost);
    });
    const request: HostRequest = { op: 'run', id, key, inputs, params, workdir, storeDir: this.storeDir };
    this.child.send(request);
    return { ended, begun, abort: () => this.child.send({ op: 'abort', id } satisfies HostRequest) };
  }

  /** Living processes that belong to this one: its descendants, and whatever names its directories. */
  async processes(): Promise<Map<number, string>> {
    const all = new Map(
      await Promise.all(
        (await allProcesses()).map(async ({ pid, parent, command }) => {
          return [pid, { parent, command, text: `${command}\0${await readOf(pid, 'environ')}` }] as const;
        }),
      ),
    );
    const isOurs = (pid: number): boolean => {
      const found = all.get(pid);
      return (
        found !== undefined &&
        (found.parent === this.child.pid || found.text.includes(this.root) || isOurs(found.parent))
      );
    };
    return new Map(
      [...all].flatMap(([pid, { command }]) =>
        pid !== this.child.pid && isOurs(pid) ? [[pid, command] as const] : [],
      ),
    );
  }

  /** Every file below the process's directories but those of its runs, with size and time of the last change. */
  async leftovers(): Promise<string[]> {
    const found = await Promise.all(['home', 'tmp', 'cwd'].map((name) => listFiles(path.join(this.root, name))));
    // What the TypeScript loader and a resident Blender keep for themselves while they live.
    return found.flat().filter((file) => !/\/tmp\/(tsx-|hartomat-resident-)/.test(file));
  }

  /** Ends the process and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
  }
}

/** `path size time` of all files below a directory. */
export async function listFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const file = path.join(directory, entry.name);
      if (entry.isDirectory()) return listFiles(file);
      const { size, mtimeMs } = await stat(file).catch(() => ({ size: -1, mtimeMs: -1 }));
      return [`${file} ${size} ${mtimeMs}`];
    }),
  );
  return lists.flat().sort();
}
