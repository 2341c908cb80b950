import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describeUnless } from './tools.js';

const run = promisify(execFile);
const FILLER = 'filler';

/** A file system of its own, of a few megabytes, that can be filled. */
export class SmallDisk {
  private constructor(readonly path: string) {}

  /** Mounts one in memory. Only root may. */
  static async mount(sizeMb: number): Promise<SmallDisk> {
    const dir = await mkdtemp(path.join(tmpdir(), 'hartomat-disk-'));
    await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', dir]);
    return new SmallDisk(dir);
  }

  /** Leaves so many bytes, to a block. */
  async fill(freeBytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.path);
    const file = await open(path.join(this.path, FILLER), 'w');
    await file.appendFile(Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)));
    await file.close();
  }

  /** Takes back what `fill` did. */
  async free(): Promise<void> {
    await rm(path.join(this.path, FILLER), { force: true });
  }

  async remove(): Promise<void> {
    // Lazily: libraries keep files open that they read last.
    await run('umount', ['--lazy', this.path]);
    await rm(this.path, { recursive: true });
  }
}

/** A `describe` block of tests that need a `SmallDisk`. */
export function describeWithSmallDisk(name: string, tests: () => void): void {
  const isRoot = process.getuid?.() === 0;
  describeUnless(isRoot ? null : 'Only root may mount a file system to fill: run the tests as root.', name, tests);
}
