import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { JsonObject } from '../../modules/json.js';
import { confinedTo } from './confined.js';
import type { Made } from './moduleSamples.js';
import { allProcesses, readOf } from './processes.js';
import { WatchedDir } from './watchedDir.js';

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
  | { type: 'started' }
  | { type: 'progress'; fraction: number }
  | { type: 'done'; values: Made }
  | { type: 'failed'; name: string; message: string; code: string | null; failureClass: string | null }
);
export type Ended = Extract<HostAnswer, { type: 'done' | 'failed' }>;

export interface RunningModule {
  ended: Promise<Ended>;
  /** Resolves once it was called and has come to its first pause. */
  started: Promise<void>;
  /** Resolves at the first sign of progress. */
  begun: Promise<void>;
  /** Tells it to stop, and waits until it has ended and no process is left that it started.
   * @returns how that took, in milliseconds. */
  stop(): Promise<{ ended: Ended; tookMs: number }>;
}

const REGISTRY = fileURLToPath(new URL('../../modules/registry.ts', import.meta.url));
/** What the TypeScript loader and a resident Blender keep for themselves while they live; and where runs work. */
const EXPECTED = { home: /^$/, tmp: /^(tsx-|hartomat-resident-)/, cwd: /^$/, work: /^\d+$/ };
type Place = keyof typeof EXPECTED;
const PLACES = Object.keys(EXPECTED) as Place[];

/** A process of its own that runs modules, with a home, a directory for temporary files and a working directory of its own. There it
 * is seen when a module writes; anywhere else but in the store it cannot, where the system lets processes be confined. */
export class ModulesApart {
  private nextId = 1;

  private constructor(
    /** Parent of everything the process may reach by default. */
    readonly root: string,
    private readonly storeDir: string,
    private readonly child: ChildProcess,
    private readonly watched: Record<Place, WatchedDir>,
    /** Whether it is kept from writing anywhere else. */
    readonly isConfined: boolean,
  ) {}

  /** @param modules file that exports the modules as `MODULES`. */
  static async start(
    root: string,
    storeDir: string,
    { env = {}, modules = REGISTRY }: { env?: NodeJS.ProcessEnv; modules?: string } = {},
  ): Promise<ModulesApart> {
    const dirs = mapPlaces((name) => path.join(root, name));
    for (const dir of [...Object.values(dirs), storeDir]) await mkdir(dir, { recursive: true });
    const watched = mapPlaces((name) => new WatchedDir(dirs[name]));
    const confined = await confinedTo([...Object.values(dirs), storeDir]);
    const [execPath, ...execArgv] = [
      ...(confined ?? []),
      process.execPath,
      '--import',
      pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
    ];
    const child = fork(fileURLToPath(new URL('./moduleHost.ts', import.meta.url)), [modules], {
      cwd: dirs.cwd,
      execPath,
      execArgv,
      env: { ...process.env, ...env, HOME: dirs.home, TMPDIR: dirs.tmp, TSX_DISABLE_CACHE: '1' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    return new ModulesApart(root, storeDir, child, watched, confined !== null);
  }

  async run(key: string, inputs: Record<string, unknown>, params: JsonObject): Promise<RunningModule> {
    const id = this.nextId++;
    const workdir = path.join(this.root, 'work', String(id));
    const known = await this.processes();
    const signs = new EventEmitter();
    const sign = (type: HostAnswer['type']) => once(signs, type).then(() => {});
    const ended = new Promise<Ended>((resolve, reject) => {
      const listen = (answer: HostAnswer) => {
        if (answer.id !== id) return;
        signs.emit(answer.type);
        if (answer.type === 'started' || answer.type === 'progress') return;
        this.child.off('message', listen).off('exit', lost);
        resolve(answer);
      };
      const lost = () => reject(new Error(`The process ended while it ran ${key}.`));
      this.child.on('message', listen).once('exit', lost);
    });
    const running = { ended, started: sign('started'), begun: sign('progress') };
    const request: HostRequest = { op: 'run', id, key, inputs, params, workdir, storeDir: this.storeDir };
    this.child.send(request);
    const stop = async () => {
      const since = performance.now();
      this.child.send({ op: 'abort', id } satisfies HostRequest);
      const how = await ended;
      while ([...(await this.processes()).keys()].some((pid) => !known.has(pid))) await sleep(20);
      return { ended: how, tookMs: performance.now() - since };
    };
    return { ...running, stop };
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

  /** What was written in the process's directories since this was asked last, even if it is gone again; not in those of its runs. */
  async strayed(): Promise<string[]> {
    const found = await Promise.all(
      PLACES.map(async (name) => {
        const changes = await this.watched[name].changes();
        return changes.filter((file) => !EXPECTED[name].test(file)).map((file) => `${name}/${file}`);
      }),
    );
    return found.flat();
  }

  /** Ends the process and waits until it is gone. */
  async stop(): Promise<void> {
    for (const dir of Object.values(this.watched)) dir.close();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
  }
}

const mapPlaces = <V>(make: (name: Place) => V) =>
  Object.fromEntries(PLACES.map((name) => [name, make(name)])) as Record<Place, V>;
