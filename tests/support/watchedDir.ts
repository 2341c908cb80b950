import { once } from 'node:events';
import { type FSWatcher, watch } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Sees what is written in a directory, however briefly it is there; in directories below it, only that they are made. */
export class WatchedDir {
  private readonly seen = new Set<string>();
  private readonly watcher: FSWatcher;
  private markCount = 0;

  constructor(readonly path: string) {
    this.watcher = watch(path);
    this.watcher.on('change', (_event, name) => this.seen.add(String(name)));
  }

  /** Names in it of everything that was made, changed or removed since this was asked last. */
  async changes(): Promise<string[]> {
    // The system tells of things in their order: when it tells of this one, it has told of all before.
    const mark = `.mark-${this.markCount++}`;
    await writeFile(path.join(this.path, mark), '');
    while (!this.seen.has(mark)) await once(this.watcher, 'change');
    await rm(path.join(this.path, mark));
    const names = [...this.seen].filter((name) => !name.startsWith('.mark-'));
    this.seen.clear();
    return names.sort();
  }

  close(): void {
    this.watcher.close();
  }
}
