import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { RENDER_PACKAGES } from '../../modules/render/debianPackages.mjs';

// Plain JavaScript without dependencies: this runs before anything is installed.

/** What each tool outside npm is called in Debian and Ubuntu, with what it needs there and does not ask for by itself. */
export const DEBIAN_PACKAGES = {
  ...RENDER_PACKAGES,
  chromium: ['chromium'],
  'redis-server': ['redis-server'],
};

/** @returns {string | undefined} the path of an executable on PATH. */
export function onPath(name) {
  const candidates = (process.env.PATH ?? '').split(path.delimiter).map((dir) => path.join(dir, name));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Whether `installTools` can work here: Debian or Ubuntu, as root. */
export const canInstallTools = () => process.getuid?.() === 0 && Boolean(onPath('apt-get'));

/** Installs tools with apt-get.
 * @param {Array<keyof typeof DEBIAN_PACKAGES>} tools
 * @throws {Error} with apt's own words. */
export async function installTools(tools) {
  const packages = tools.flatMap((tool) => DEBIAN_PACKAGES[tool]);
  await apt(['update', '-qq']);
  await apt(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
}

function apt(args) {
  return new Promise((resolve, reject) => {
    // Some containers forbid services to start on install; redis-server needs none.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
    const child = spawn('apt-get', ['-o', 'DPkg::Lock::Timeout=600', ...args], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said = (said + chunk).slice(-4000);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve();
      const reason = said.split('\n').find((line) => line.startsWith('E: ')) ?? `exit code ${code}`;
      reject(new Error(`apt-get ${args[0]} failed: ${reason.replace(/^E: /, '')}`));
    });
  });
}
