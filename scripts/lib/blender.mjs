import { accessSync, constants } from 'node:fs';
import { canInstallTools, DEBIAN_PACKAGES, installTools, onPath } from './debian.mjs';

// Plain JavaScript without dependencies: this runs before anything is installed.

/** Finds Blender by BLENDER_PATH or on PATH; installs it on Debian and Ubuntu as root.
 * @param {{ mayInstall: boolean, say: (line: string) => void, env?: NodeJS.ProcessEnv }} options
 * @throws {Error} one line with what to do. */
export async function ensureBlender({ mayInstall, say, env = process.env }) {
  const named = env.BLENDER_PATH?.trim();
  if (named) {
    if (isExecutable(named)) return;
    throw new Error(
      `BLENDER_PATH is ${named}, which cannot be run: correct it, or unset it to use the Blender on PATH.`,
    );
  }
  if (onPath('blender')) return;
  if (!mayInstall || !canInstallTools())
    throw new Error(
      `Blender is missing: ${howTo()}, or set BLENDER_PATH to it. To start without rendering: npm start -- --no-blender`,
    );
  say('Blender is missing: installing it with apt-get. This takes a minute or two.');
  await installTools(['blender']);
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
