import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

// Plain JavaScript without dependencies: this runs before anything is installed.

const exec = promisify(execFile);

/** Whether a process with this id exists, whoever owns it.
 * @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The command line of a running process, `''` when it is gone. Ids are reused: a pid file alone proves nothing.
 * @param {number} pid
 * @returns {Promise<string>} */
export async function commandLine(pid) {
  if (!isAlive(pid)) return '';
  try {
    if (process.platform === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
    return (await exec('ps', ['-o', 'command=', '-p', String(pid)])).stdout.trim();
  } catch {
    return ''; // it ended in between
  }
}

/** Waits until the process is gone.
 * @param {number} pid
 * @param {number} timeoutMs
 * @returns {Promise<boolean>} false when it still runs then. */
export async function waitForExit(pid, timeoutMs) {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(20)) if (!isAlive(pid)) return true;
  return !isAlive(pid);
}

/** Listens for a moment.
 * @param {number} port - 0: any free one.
 * @param {string} host
 * @returns {Promise<number>} the port; rejects with the system's error. */
export function tryPort(port, host) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}

/** A TCP port on 127.0.0.1 that was free a moment ago. */
export const freePort = () => tryPort(0, '127.0.0.1');
