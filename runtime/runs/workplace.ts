import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';

/** The two directories of one attempt, which go together. */
export class Workplace {
  private isUsed = false;
  private hasWorkdir = false;

  constructor(private readonly root: string) {}

  /** Where a module works; empty but for what it puts there. Made at the first use: many modules need none. */
  get workdir(): string {
    const dir = path.join(this.root, 'work');
    if (!this.hasWorkdir) mkdirSync(dir, { recursive: true });
    this.hasWorkdir = true;
    this.isUsed = true;
    return dir;
  }

  /** Where copies of the files lie that it reads; made by who puts one there. */
  get inputs(): string {
    this.isUsed = true;
    return path.join(this.root, 'inputs');
  }

  async remove(): Promise<void> {
    if (this.isUsed) await rm(this.root, { recursive: true, force: true });
  }
}
