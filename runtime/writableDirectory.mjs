import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

// Plain JavaScript without dependencies: `npm start` needs it before anything is installed.

/** Makes a directory where there is none, parents included, and sees that a file can be written into it.
 * @param {string} directory
 * @throws {Error} of the file system; `whyNotWritable` has words for it. */
export async function makeWritable(directory) {
  await makeDirectory(directory);
  const probe = path.join(directory, `.probe-${randomUUID()}`);
  try {
    await writeFile(probe, 'x');
  } finally {
    await rm(probe, { force: true });
  }
}

/** As `mkdir` with `recursive`, which never ends where a parent is there and takes no directories, as in /proc.
 * @param {string} directory */
async function makeDirectory(directory) {
  const error = await makeOne(directory);
  const parent = path.dirname(directory);
  if (!error) return;
  if (error.code !== 'ENOENT' || parent === directory) throw error;
  await makeDirectory(parent);
  const again = await makeOne(directory);
  if (again) throw again;
}

/** @param {string} directory
 * @returns {Promise<NodeJS.ErrnoException | null>} null: it is there. */
async function makeOne(directory) {
  try {
    await mkdir(directory);
    return null;
  } catch (error) {
    return error.code === 'EEXIST' && (await stat(directory)).isDirectory() ? null : error;
  }
}

const REASONS = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  // What Node.js makes of a read-only file system when it is to make parents too.
  ENOENT: 'the file system is read-only, or takes no directories',
  ENOSPC: 'the disk is full',
  EEXIST: 'there is a file in its place',
  ENOTDIR: 'part of the path is a file',
};

/** @param {NodeJS.ErrnoException} error */
export const whyNotWritable = (error) => REASONS[error.code] ?? error.code ?? error.message;
