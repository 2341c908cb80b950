import { open, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeWritable, whyNotWritable } from '../../runtime/writableDirectory.mjs';
import { PROJECT } from './packages.mjs';
import { commandLine, tryPort } from './processes.mjs';

// Plain JavaScript without dependencies: this runs before anything is installed.

/** The data directory, absolute: HARTOMAT_HOME, or `.hartomat` in the project. */
export const homeDirectory = (env = process.env) =>
  env.HARTOMAT_HOME?.trim() ? path.resolve(env.HARTOMAT_HOME) : path.join(PROJECT, '.hartomat');

/** Makes the data directory and takes it for this process: two HartOMats on one directory would ruin each other's database.
 * @param {string} home
 * @returns {Promise<{ publish(url: string): Promise<void>, release(): Promise<void> }>}
 * @throws {Error} one line with what to do. */
export async function takeHome(home) {
  const lockFile = path.join(home, 'hartomat.lock');
  try {
    await makeWritable(home);
    for (let lock = await tryLock(lockFile); !lock; lock = await tryLock(lockFile)) {
      const owner = JSON.parse((await readFile(lockFile, 'utf8')) || '{}');
      if (owner.pid && owner.pid !== process.pid && (await commandLine(owner.pid)).includes('start.mjs'))
        throw new AlreadyRunning(home, owner);
      await rm(lockFile, { force: true }); // left behind by one that was killed
    }
  } catch (error) {
    if (error instanceof AlreadyRunning) throw error;
    throw new Error(
      `The data directory ${home} cannot be written (${whyNotWritable(error)}): set HARTOMAT_HOME to a directory that can.`,
    );
  }
  return {
    publish: (url) => writeFile(lockFile, JSON.stringify({ pid: process.pid, url })),
    release: () => rm(lockFile, { force: true }),
  };
}

class AlreadyRunning extends Error {
  constructor(home, { pid, url }) {
    super(
      `HartOMat already runs on ${home} (process ${pid}): ${url ? `open ${url}, ` : ''}stop it first, or set HARTOMAT_HOME to another directory.`,
    );
  }
}

async function tryLock(lockFile) {
  try {
    const file = await open(lockFile, 'wx', 0o600);
    await file.writeFile(JSON.stringify({ pid: process.pid }));
    await file.close();
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {number} port @param {string} host
 * @throws {Error} one line with what to do when the server could not listen there. */
export async function checkPort(port, host) {
  try {
    await tryPort(port, host);
  } catch (error) {
    if (error.code === 'EADDRINUSE')
      throw new Error(`Port ${port} is taken by another program: stop that one, or set PORT to a free port.`);
    if (error.code === 'EACCES') throw new Error(`Port ${port} is for the system only: set PORT to 1024 or higher.`);
    throw new Error(
      `The server cannot listen on ${host}:${port} (${error.code ?? error.message}): check HOST and PORT.`,
    );
  }
}
