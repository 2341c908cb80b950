import { accessSync, constants } from 'node:fs';
import { canInstallTools, DEBIAN_PACKAGES, installTools, onPath } from './debian.mjs';

// Plain JavaScript without dependencies: this runs before anything is installed.

/** Looks for what rendering needs: Blender, and ffmpeg for films.
 * @param {{ mayInstall: boolean, env?: NodeJS.ProcessEnv, say?: (line: string) => void }} options
 * @returns {Array<'blender' | 'ffmpeg'>} what is missing and `installRenderTools` can bring (Debian or Ubuntu, as root). Without ffmpeg
 * only films fail, so where it cannot be brought that is said and no reason not to start.
 * @throws {Error} one line with what to do when Blender is missing and nothing here can help. */
export function renderToolsToInstall({ mayInstall, env = process.env, say = () => {} }) {
  /** @type {Array<'blender' | 'ffmpeg'>} */
  const missing = [];
  if (isBlenderToInstall({ mayInstall, env })) missing.push('blender');
  if (!env.FFMPEG_PATH?.trim() && !onPath('ffmpeg')) {
    if (mayInstall && canInstallTools()) missing.push('ffmpeg');
    else say(`ffmpeg is missing, so turntables cannot become films: ${howToFfmpeg()}, or set FFMPEG_PATH to it.`);
  }
  return missing;
}

/** By BLENDER_PATH and on PATH. */
function isBlenderToInstall({ mayInstall, env }) {
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

/** @param {Array<'blender' | 'ffmpeg'>} tools
 * @param {(line: string) => void} say
 * @throws {Error} one line with what to do when Blender could not be installed. */
export async function installRenderTools(tools, say) {
  if (tools.includes('blender')) say('Blender is missing: installing it with apt-get. This takes a minute or two.');
  else say('ffmpeg is missing: installing it with apt-get.');
  try {
    await installTools(tools);
  } catch (error) {
    if (!tools.includes('blender')) {
      say(`ffmpeg could not be installed (${error.message}), so turntables cannot become films: ${howToFfmpeg()}.`);
      return;
    }
    throw new Error(
      `Blender could not be installed (${error.message}): ${howTo()}. To start without rendering: npm start -- --no-blender`,
    );
  }
}

function howToFfmpeg() {
  if (onPath('apt-get')) return `install it with "sudo apt-get install ${DEBIAN_PACKAGES.ffmpeg.join(' ')}"`;
  if (process.platform === 'darwin') return 'install it with "brew install ffmpeg"';
  return 'install it from https://ffmpeg.org';
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
