import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StartCommand } from '../tests/support/startCommand.js';

let dir: string;
let home: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hartomat-start-'));
  home = join(dir, 'home');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Runs `npm start`, which must fail. @returns what it printed. */
async function failure(env: Record<string, string | undefined>, args: string[] = ['--no-install', '--no-blender']) {
  const start = new StartCommand(args, { HARTOMAT_HOME: home, ...env });
  expect(await start.end()).toBe(1);
  return start.output.trim();
}

describe('npm start says in one line what to do when', () => {
  let other: Server;
  afterEach(() => other?.close());

  it('the port is busy', async () => {
    other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    expect(await failure({ PORT: String(port) })).toBe(
      `Port ${port} is taken by another program: stop that one, or set PORT to a free port.`,
    );
  });

  it('the data directory cannot be written', async () => {
    await writeFile(home, 'a file, not a directory');
    expect(await failure({})).toBe(
      `The data directory ${home} cannot be written (there is a file in its place): set HARTOMAT_HOME to a directory that can.`,
    );
  });

  it.skipIf(process.platform !== 'linux')('the data directory is in a place that takes no directories', async () => {
    expect(await failure({ HARTOMAT_HOME: '/proc/hartomat/home' })).toMatch(
      /^The data directory \/proc\/hartomat\/home cannot be written \(.*\): set HARTOMAT_HOME to a directory that can\.$/,
    );
  });

  it('a setting is not what it must be', async () => {
    for (const [name, value] of [
      ['SMTP_URL', 'mail.example:587'],
      ['HARTOMAT_GRAPHIQL', 'yes'],
    ])
      expect(await failure({ [name!]: value })).toMatch(new RegExp(`The setting ${name} is not usable: must be `));
  });

  it('the database does not answer, without showing the password', async () => {
    const said = await failure({ DATABASE_URL: 'postgres://someone:secret@127.0.0.1:1/studio' });
    expect(said).toMatch(
      /^The database 127\.0\.0\.1:1\/studio does not answer \(connect ECONNREFUSED.*\): check DATABASE_URL.*$/,
    );
  });

  it('Redis does not answer', async () => {
    expect(await failure({ REDIS_URL: 'redis://127.0.0.1:1' })).toMatch(
      /^The Redis of REDIS_URL does not answer \(connect ECONNREFUSED.*\): check REDIS_URL.*$/,
    );
  });

  it('the bucket does not answer', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'somebody', AWS_SECRET_ACCESS_KEY: 'secret' };
    expect(await failure({ ARTIFACT_URL: 's3://studio?endpoint=http://127.0.0.1:1', ...env })).toMatch(
      /^The artifact store, the bucket "studio" at .*, does not answer \(ECONNREFUSED\)\.$/,
    );
  });

  it('a setting makes no sense', async () => {
    expect(await failure({ PORT: 'four' })).toMatch(/^The setting PORT is not usable: .*$/);
    const secret = await failure({ ARTIFACT_URL: 's3://me:hunter2@studio' });
    expect(secret).toMatch(/^The setting ARTIFACT_URL is not usable: must not have credentials in it.*$/);
    expect(secret).not.toContain('hunter2');
  });

  it('Blender is missing', async () => {
    expect(await failure({ PATH: dir, BLENDER_PATH: undefined }, ['--no-install'])).toMatch(
      /^Blender is missing: install it .*, or set BLENDER_PATH to it\. To start without rendering: npm start -- --no-blender$/,
    );
  });

  it('BLENDER_PATH names nothing that runs', async () => {
    expect(await failure({ BLENDER_PATH: '/nowhere/blender' }, ['--no-install'])).toMatch(
      /^BLENDER_PATH is \/nowhere\/blender, which cannot be run: .*$/,
    );
  });

  it('an option does not exist', async () => {
    expect(await failure({}, ['--fast'])).toMatch(/^Unknown option '--fast'/);
  });
});
