import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { alive, type SeenProcess } from './support/processes.js';
import { StartCommand } from './support/startCommand.js';
import { describeWith } from './support/tools.js';

const LINK = /Open HartOMat.*: (http:\S+)/;

/** One installation through its life: cut off, crashed, stopped, started again. The tests build on one another. */
describeWith('blender', 'an installation', () => {
  let home: string;
  let start: StartCommand;
  /** Every process that was started, by its id and start. */
  const seen = new Map<string, SeenProcess>();

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'hartomat-home-'));
  });
  afterAll(async () => {
    await start.stop();
    await rm(home, { recursive: true, force: true });
  });

  const begin = () => {
    start = new StartCommand(['--no-install'], { HARTOMAT_HOME: home });
  };
  const remember = async () => {
    for (const one of await start.descendants()) seen.set(`${one.pid} ${one.startedAt}`, one);
  };

  async function query(sql: string): Promise<Record<string, unknown>[]> {
    const [password, pidFile] = await Promise.all(
      ['database.password', 'postgres/postmaster.pid'].map((file) => readFile(join(home, file), 'utf8')),
    );
    const port = Number(pidFile!.split('\n')[3]);
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'hartomat', password, database: 'hartomat' });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  it('renders the sample order on its first start; here it is killed in the middle of the still, and its database too', async () => {
    begin();
    await start.until(/CAD intake of the sample product:/);
    await start.until(/… Still/);
    const commands = async () => {
      await remember();
      return [...seen.values()].map(({ command }) => command).join('\n');
    };
    for (const name of ['/server.js', '/worker.js', 'blender']) await expect.poll(commands).toContain(name);
    const database = (await start.find(`-D ${home}/postgres`))!;
    expect(await start.stop('SIGKILL')).toBeNull();
    process.kill(database, 'SIGQUIT');
    // Server, worker and Blender notice that nobody looks after them.
    await expect.poll(() => alive(seen.values()), { interval: 250 }).toEqual([]);
  });

  it('goes on with the run at the next start, over a killed worker, and publishes one picture', async () => {
    begin();
    await start.until(/Sample order:[\s\S]*… Still/);
    await remember();
    process.kill((await start.find('/worker.js'))!, 'SIGKILL');
    await start.until(/The worker stopped unexpectedly \(SIGKILL\)/);
    await start.until(/The worker runs again/);
    await start.until(/Published: .+/);
    await start.until(LINK);
    expect(await query('select status, idempotency_key from run order by created_at')).toEqual([
      { status: 'succeeded', idempotency_key: 'sample-cad-intake' },
      { status: 'succeeded', idempotency_key: 'sample-order' },
    ]);
    expect(await query('select count(*)::int as assets, count(distinct run_id)::int as runs from asset')).toEqual([
      { assets: 1, runs: 1 },
    ]);
    const roles = await query('select distinct role from artifact order by role');
    expect(roles.map(({ role }) => role)).toEqual(
      expect.arrayContaining([
        'bbox',
        'glb_model',
        'material_map',
        'object_tree',
        'preview_thumbnail',
        'still_image',
        'step_source',
      ]),
    );
  });

  it('signs the owner in by the link, once', async () => {
    const [, link] = await start.until(LINK);
    const first = await fetch(link!, { redirect: 'manual' });
    expect([first.status, first.headers.get('set-cookie') !== null]).toEqual([303, true]);
    expect((await fetch(link!, { redirect: 'manual' })).status).toBe(401);
    const page = await fetch(new URL('/', link), { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<div id="root"');
  });

  it('refuses a second start on the same data directory and names the first', async () => {
    const [, link] = await start.until(LINK);
    const second = new StartCommand(['--no-install'], { HARTOMAT_HOME: home });
    expect(await second.end()).toBe(1);
    expect(second.output).toBe(
      `HartOMat already runs on ${home} (process ${start.pid}): open ${new URL(link!).origin}, stop it first, or set HARTOMAT_HOME to another directory.\n`,
    );
  });

  const counts = () =>
    query('select (select count(*)::int from run) as runs, (select count(*)::int from workflow_version) as versions');
  let before: unknown;

  it('leaves no process behind when it is stopped', async () => {
    before = await counts();
    await query(`update material set label = 'Changed by a user'`);
    await remember();
    expect(await start.stop('SIGTERM')).toBe(0);
    await expect.poll(() => alive(seen.values())).toEqual([]);
  });

  it('loses nothing over a stop, changes nothing that a user changed, and runs the sample no second time', async () => {
    begin();
    await start.until(LINK);
    expect(start.output).not.toMatch(/Generating|Building|Installing|Sample order/);
    expect(await query('select distinct label from material')).toEqual([{ label: 'Changed by a user' }]);
    expect(before).toMatchObject([{ runs: 2 }]);
    expect(await counts()).toEqual(before);
    await remember();
    expect(await start.stop('SIGINT')).toBe(0);
    await expect.poll(() => alive(seen.values())).toEqual([]);
  });
});
