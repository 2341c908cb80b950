import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '../scripts/lib/processes.mjs';
import type { Contestant } from './measure.js';
import { noop, RUN_INPUT } from './step.js';

const folder = fileURLToPath(new URL('peers/', import.meta.url));

/** Other durable engines with the same graphs. Their packages (about 250 MB) are installed in `bench/peers` when first asked for. */
export async function peers(options: { databaseUrl: string; dir: string }): Promise<(() => Promise<Contestant>)[]> {
  if (!existsSync(`${folder}node_modules`)) {
    console.log('Installing the peers in bench/peers…');
    const npm = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      stdio: 'inherit',
    });
    const [code] = await once(npm, 'exit');
    if (code !== 0) throw new Error('The peers could not be installed.');
  }
  const load = async (name: 'dbos' | 'restate') => (await import(`./peers/${name}.mjs`))[name];
  const given = { ...options, freePort, noop, input: RUN_INPUT };
  return [async () => (await load('dbos'))(given), async () => (await load('restate'))(given)];
}
