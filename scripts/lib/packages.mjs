import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

// Plain JavaScript without dependencies: this runs before anything is installed.

/** The project's directory. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

const OLDEST_NODE = [20, 19];

/** @returns {string | undefined} what to do when this Node.js is too old. */
export function nodeProblem(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  const [wantMajor, wantMinor] = OLDEST_NODE;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return undefined;
  return `HartOMat needs Node.js ${OLDEST_NODE.join('.')} or newer, and this is ${version}: install a newer one from https://nodejs.org.`;
}

const readLock = async (file) => {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Whether node_modules holds what package-lock.json asks for, told by npm's own record of what it installed.
 * @param {string} project
 * @param {boolean} dev - development tools too.
 * @returns {Promise<'complete' | 'missing' | 'outdated'>} */
export async function packageState(project, dev) {
  const wanted = (await readLock(path.join(project, 'package-lock.json'))) ?? {};
  const installed = await readLock(path.join(project, 'node_modules/.package-lock.json'));
  if (!installed) return 'missing';
  const isMissing = ([where, entry]) => {
    if (!where || entry.link || (entry.dev && !dev)) return false;
    const found = installed[where];
    // A package for another platform is optional and rightly absent.
    return found ? found.version !== entry.version : !entry.optional;
  };
  return Object.entries(wanted).some(isMissing) ? 'outdated' : 'complete';
}

/** Runs `npm ci` when the packages are missing or not those of the lock file.
 * @param {{ dev: boolean | 'keep', say: (line: string) => void, mayInstall?: boolean, project?: string }} options - `keep`: development tools only when some are there already.
 * @throws {Error} with npm's own words. */
export async function ensurePackages({ dev, say, mayInstall = true, project = PROJECT }) {
  const installed = (await readLock(path.join(project, 'node_modules/.package-lock.json'))) ?? {};
  const withDev = dev === 'keep' ? Object.values(installed).some((entry) => entry.dev) : dev;
  const state = await packageState(project, withDev);
  if (state === 'complete') return;
  const why = state === 'missing' ? 'they are missing' : 'they are not those of package-lock.json';
  if (!mayInstall)
    throw new Error(`The npm packages must be installed, ${why}: run "npm ci", or leave out --no-install.`);
  say(`Installing the npm packages: ${why}.`);
  await npm(['ci', ...(withDev ? ['--include=dev'] : ['--omit=dev'])], project);
}

function npm(args, cwd) {
  const script = process.env.npm_execpath;
  const [command, all] = script?.endsWith('.js') ? [process.execPath, [script, ...args]] : ['npm', args];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...all, '--no-fund', '--no-audit', '--loglevel=error'], {
      cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: process.platform === 'win32' && command === 'npm',
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said = (said + chunk).slice(-4000);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve();
      const lines = said.split('\n').filter((line) => line.trim());
      const reason =
        lines.find((line) => /npm (error|ERR!) (?!code )/.test(line)) ?? lines.at(-1) ?? `exit code ${code}`;
      reject(new Error(`npm could not install the packages: ${reason.replace(/^npm (error|ERR!) /, '')}`));
    });
  });
}
