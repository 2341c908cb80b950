import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate } from '../prisma/migrate.js';
import { indexTextSearch, NO_TEXT_INDEX } from '../prisma/textSearch.js';
import { openArtifactStore } from '../runtime/artifacts/openStore.js';
import type { Platform } from '../runtime/platform.js';
import { checkRedis } from '../runtime/queues/redis.js';
import { readSettings } from '../runtime/settings.js';
import { readDoorSettings } from '../server/doorSettings.js';
import { ensureClientBuilt } from './lib/clientBuild.js';
import { type Database, openDatabase } from './lib/database.js';
import { ensureGenerated } from './lib/generate.js';
import type { Phases } from './lib/phases.mjs';
import { logFileOf, Service } from './lib/service.js';
import { Terminal } from './lib/terminal.js';

const project = fileURLToPath(new URL('..', import.meta.url));
const BACK_END = ['modules', 'workflow', 'runtime', 'schema', 'server', 'worker'];

/** What start.mjs found out before the packages were there. */
export interface StartOptions {
  home: string;
  lock: { publish(url: string): Promise<void>; release(): Promise<void> };
  phases: Phases;
  /** Resolves when Blender can be used; null: not wanted. */
  blender: Promise<void> | null;
  /** Where the back end was built to; null: it runs from its sources. */
  backEnd: string | null;
  /** Console by Vite's development server, back end restarted on change. */
  isDev: boolean;
  showTimings: boolean;
}

/** Runs HartOMat: database, server and worker as child processes, until a signal ends it. Never returns: it ends the process. */
export class Supervisor {
  private readonly terminal = new Terminal();
  private readonly services: Service[] = [];
  private database: Promise<Database> | null = null;
  private platform: Platform | null = null;
  private readonly watchers: FSWatcher[] = [];
  private isStopping = false;
  private stoppingSince = 0;

  constructor(private readonly options: StartOptions) {}

  async run(): Promise<void> {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void this.stop(0));
    // Ending without having stopped (a bug) must leave nothing behind either.
    process.on('exit', () => {
      for (const service of this.services) service.kill();
    });
    try {
      await this.start();
    } catch (error) {
      if (this.isStopping) return;
      this.terminal.endStatus();
      console.error(isForPeople(error) ? error.message : error);
      await this.stop(1);
    }
  }

  /** Ends everything in order: first who works, then what they work on. */
  async stop(exitCode: number): Promise<void> {
    if (this.isStopping) {
      // One Ctrl-C arrives twice where npm passes it on; only a later one is impatience.
      if (Date.now() - this.stoppingSince > 1_000) for (const service of this.services) service.kill();
      return;
    }
    this.isStopping = true;
    this.stoppingSince = Date.now();
    this.terminal.endStatus();
    if (exitCode === 0) this.terminal.say('Stopping …');
    for (const watcher of this.watchers) watcher.close();
    await Promise.all(this.services.map((service) => service.stop()));
    await this.platform?.close().catch((error: Error) => console.error(error.message));
    const database = await this.database?.catch(() => null);
    await database?.server?.stop();
    await this.options.lock.release();
    if (exitCode === 0) this.terminal.say('Stopped.');
    process.exit(exitCode);
  }

  private async start(): Promise<void> {
    const { phases, home, blender, isDev } = this.options;
    const { say } = this.terminal;
    // A wrong setting is told before anything is done; the embedded database has no address yet.
    const settings = readSettings({
      ...process.env,
      HARTOMAT_HOME: home,
      DATABASE_URL: process.env.DATABASE_URL?.trim() || 'postgres://embedded',
    });
    readDoorSettings(process.env);
    if (settings.redisUrl) await checkRedis(settings.redisUrl);
    if (settings.artifactBucket) await openArtifactStore(settings);
    // The build is the longest step: it runs beside everything else. A failure is reported when its result is needed.
    const built = isDev ? null : phases.time('console build', () => ensureClientBuilt(say));
    built?.catch(() => {});
    const [env] = await Promise.all([this.openDatabase(), phases.time('generated code', () => ensureGenerated(say))]);

    const server = this.service('server', [], env);
    const worker = this.service('worker', blender ? [] : ['--capabilities', 'cpu,cad,io'], env);
    const workerReady = this.startWorker(worker);
    workerReady.catch(() => {});
    const [{ url }, seeded] = await Promise.all([
      phases.time('server', () => server.start()),
      phases.time('seed', () => this.seed(env)),
    ]);
    await built;
    const pageUrl = isDev ? await this.serveSources(url!, server, worker) : url!;
    await workerReady;
    // A crashed server must come back under the address it had, also where PORT is 0.
    server.env = { ...env, PORT: new URL(url!).port };
    await this.options.lock.publish(pageUrl);
    say(`Ready after ${(phases.now() / 1000).toFixed(1)} s.`);

    const { runSamples } = await import('./lib/sampleRun.js');
    const isFirst =
      blender !== null && (await phases.time('sample runs', () => runSamples(this.platform!, seeded, this.terminal)));
    if (!blender) say('Started without Blender: orders wait until a worker with Blender runs.');
    if (isFirst || this.options.showTimings) for (const line of phases.table()) say(line);

    const { createSignInUrl } = await import('../server/signIn.js');
    say(`Data and logs: ${home}. Ctrl-C stops everything.`);
    say('');
    say(`Open HartOMat (this link signs you in, once): ${await createSignInUrl(this.platform!.db, pageUrl)}`);
  }

  private service(name: 'server' | 'worker', options: string[], env: NodeJS.ProcessEnv): Service {
    const { backEnd } = this.options;
    const needsTypeScript = !backEnd || env.HARTOMAT_MODULES;
    const service = new Service({
      name,
      args: [
        // Answers are short-lived: with more room for new objects, a server collects garbage half as often.
        ...(name === 'server' ? ['--max-semi-space-size=32'] : []),
        ...(needsTypeScript ? ['--import', 'tsx'] : []),
        backEnd ? join(backEnd, `${name}.js`) : `${name}/main.ts`,
        ...options,
      ],
      env,
      logFile: logFileOf(this.options.home, name),
      say: this.terminal.say,
    });
    this.services.push(service);
    return service;
  }

  private async startWorker(worker: Service): Promise<void> {
    const { phases, blender } = this.options;
    await blender;
    if (!this.isStopping) await phases.time('worker', () => worker.start());
  }

  /** @returns the environment for server and worker. */
  private async openDatabase(): Promise<NodeJS.ProcessEnv> {
    const { phases, home, isDev } = this.options;
    this.database = phases.time('database', () => openDatabase(home, process.env, this.terminal.say));
    const { url, server } = await this.database;
    if (server) this.keepAlive(server.port, server.ended);
    const env = {
      NODE_ENV: isDev ? 'development' : 'production',
      ...process.env,
      DATABASE_URL: url,
      HARTOMAT_HOME: home,
    };
    await phases.time('migrations', () => migrate(url));
    if (!(await indexTextSearch(url))) this.terminal.say(NO_TEXT_INDEX);
    return env;
  }

  /** Starts the embedded database again when it ends by itself; its clients connect again as they need it. */
  private keepAlive(port: number, ended: Promise<void>): void {
    void ended.then(async () => {
      if (this.isStopping) return;
      this.terminal.say('The database stopped unexpectedly; starting it again.');
      this.database = openDatabase(this.options.home, process.env, this.terminal.say, port);
      try {
        const { server } = await this.database;
        this.keepAlive(port, server!.ended);
      } catch (error) {
        console.error((error as Error).message);
        await this.stop(1);
      }
    });
  }

  private async seed(env: NodeJS.ProcessEnv) {
    // Only now: the generated client was perhaps not there before.
    const [{ openPlatform }, { makeLog }, { seed }, { pino }] = await Promise.all([
      import('../runtime/platform.js'),
      import('../runtime/log.js'),
      import('../prisma/seed.js'),
      import('pino'),
    ]);
    const file = pino.destination({ dest: logFileOf(this.options.home, 'supervisor'), mkdir: true });
    const log = makeLog('info', file).child({ part: 'supervisor' });
    this.platform = await openPlatform(readSettings(env), { maxConnections: 4, log });
    return seed(this.platform);
  }

  /** Development: Vite serves the console from its sources; server and worker start again when theirs change.
   * @returns the address of the console. */
  private async serveSources(serverUrl: string, ...services: Service[]): Promise<string> {
    process.env.HARTOMAT_URL = serverUrl;
    const vite = await import('vite');
    const site = await vite.createServer({ configFile: join(project, 'vite.config.ts') });
    await site.listen();
    let timer: NodeJS.Timeout | undefined;
    const restart = () => {
      this.terminal.say('The sources changed: starting server and worker again.');
      for (const service of services)
        service.restart().catch((error: Error) => !this.isStopping && console.error(error.message));
    };
    for (const room of BACK_END) {
      const watcher = watch(join(project, room), { recursive: true }, (_event, file) => {
        if (!file || /\.test\.ts$/.test(file)) return;
        clearTimeout(timer);
        timer = setTimeout(restart, 300);
      });
      this.watchers.push(watcher);
    }
    return site.resolvedUrls!.local[0]!;
  }
}

/** Errors thrown on purpose say what to do in one line; a TypeError and its like are bugs and show their stack. */
const isForPeople = (error: unknown): error is Error =>
  error instanceof Error && (Object.getPrototypeOf(error) === Error.prototype || 'code' in error);
