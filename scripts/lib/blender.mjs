import { accessSync, constants } from 'node:fs';
import { canInstallTools, DEBIAN_PACKAGES, installTools, onPath } from './debian.mjs';

// Plain JavaScript without dependencies: this runs before anything is installed.

/** Looks for Blender by BLENDER_PATH and on PATH.
 * @param {{ mayInstall: boolean, env?: NodeJS.ProcessEnv }} options
 * @returns {boolean} whether it is missing and `installBlender` can help (Debian or Ubuntu, as root).
 * @throws {Error} one line with what to do when it is missing and nothing here can help. */
export function blenderToInstall({ mayInstall, env = process.env }) {
  const named = env.BLENDER_PATH?.trim();
  if (named && !isExecutable(named))
    throw new Error(
      `BLENDER_PATH is ${named}, which cannot be run: correct it, or unset it to use the Blender on PATH.`,
    );
  if (named || onPath('blender')) return false;
  if (mayInstall && canInstallTools()) return true;
  throw new Error(
    `Blender is missing: ${howTo()}, or set BLENDER_PATH to it. To start without rendering: npm start -- --no-blender`,
  );
}

/** @param {(line: string) => void} say
 * @throws {Error} one line with what to do. */
export async function installBlender(say) {
  say('Blender is missing: installing it with apt-get. This takes a minute or two.');
  try {
    await installTools(['blender']);
  } catch (error) {
    throw new Error(
      `Blender could not be installed (${error.message}): ${howTo()}. To start without rendering: npm start -- --no-blender`,
    );
  }
}

function howTo() {
  if (onPath('apt-get')) return `install it with "sudo apt-get install ${DEBIAN_PACKAGES.blender.join(' ')}"`;
  if (process.platform === 'darwin')
    return 'install it with "brew install --cask blender" and add /Applications/Blender.app/Contents/MacOS to PATH';
  return 'install it from https://www.blender.org/download';
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
