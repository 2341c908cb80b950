import { access, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { contentPath } from './contentPath.js';
import { receiveContent } from './receiveContent.js';
import { ContentError, type StoredContent } from './store.js';

/** Brings content here. Aborting, or destroying the stream, ends the transfer. */
export type Fetch = (sha256: string, signal: AbortSignal) => Promise<Readable>;

/** Others may evict a file between its arrival and its use; not so often. */
const MAX_TRIES = 5;
/** To look how much there is means to go through the directory, so it is done once this share of what may be there has arrived. */
const LOOK_SHARE = 1 / 20;
/** How much stays when room is made. */
const KEEP_SHARE = 0.9;
/** What arrives for so long has been given up. */
const ABANDONED_MS = 24 * 3600 * 1000;

/** Local copies of content that lies elsewhere, in the layout of the store. What was not used for longest goes when there is too much.
 * Any number of processes may share the directory, and nobody counts users: who needs a file for longer makes a hard link to it. What
 * has links stays, as it would free no room, and outlives its place here in any case. */
export class ContentCache {
  private readonly downloads = new Map<string, Download>();
  /** Bytes that came since the directory was looked through; at first nobody knows what is there. */
  private arrived = Number.POSITIVE_INFINITY;

  constructor(
    readonly root: string,
    private readonly maxBytes: number,
    private readonly fetch: Fetch,
  ) {}

  /** Does something with the file of content, after fetching it where it is not here. All who want the same wait for one download.
   * @param take - has read, opened or linked the file when it returns.
   * @throws ContentError `ARTIFACT_CORRUPT` where something else arrives, and whatever `fetch` throws. */
  async use<T>(sha256: string, take: (file: string) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const taken = await this.useIfHere(sha256, take);
      if (taken) {
        if (tries > 1) await this.trim();
        return taken.value;
      }
      await this.download(sha256).wait(signal);
    }
    throw new Error(`The artifact cache ${this.root} loses files as soon as they arrive.`);
  }

  /** The same, or null where it is not here. */
  async useIfHere<T>(sha256: string, take: (file: string) => Promise<T>): Promise<{ value: T } | null> {
    const file = this.place(sha256);
    let value: T;
    try {
      value = await take(file);
    } catch (error) {
      if (!isGone(error) || (await exists(file))) throw error;
      return null;
    }
    const now = new Date();
    await utimes(file, now, now).catch(unlessGone);
    return { value };
  }

  /** Takes a whole file in. */
  async add(file: string, content: StoredContent): Promise<void> {
    await this.settle(file, content);
    await this.trim();
  }

  private place(sha256: string): string {
    return path.join(this.root, contentPath(sha256));
  }

  private async settle(file: string, { sha256, byteSize }: StoredContent): Promise<void> {
    const final = this.place(sha256);
    await mkdir(path.dirname(final), { recursive: true });
    await rename(file, final);
    this.arrived += byteSize;
  }

  private download(sha256: string): Download {
    const known = this.downloads.get(sha256);
    if (known) return known;
    const download = new Download(
      async (signal) => {
        if (await exists(this.place(sha256))) return;
        const settle = async (file: string, content: StoredContent) => {
          if (content.sha256 !== sha256) throw new ContentError('ARTIFACT_CORRUPT', sha256);
          await this.settle(file, content);
        };
        await receiveContent(this.root, await this.fetch(sha256, signal), settle, { signal, flush: true });
      },
      () => {
        if (this.downloads.get(sha256) === download) this.downloads.delete(sha256);
      },
    );
    this.downloads.set(sha256, download);
    return download;
  }

  private async trim(): Promise<void> {
    if (this.arrived < this.maxBytes * LOOK_SHARE) return;
    this.arrived = 0;
    const entries = await readdir(this.root, { recursive: true, withFileTypes: true });
    const files = await Promise.all(entries.filter((entry) => entry.isFile()).map((entry) => this.look(entry)));
    const here = files.flatMap((file) => file ?? []).sort((a, b) => a.mtimeMs - b.mtimeMs);
    let total = here.reduce((sum, { size }) => sum + size, 0);
    if (total <= this.maxBytes) return;
    for (const { file, size, nlink } of here) {
      if (total <= this.maxBytes * KEEP_SHARE) return;
      if (nlink > 1) continue;
      await rm(file, { force: true });
      total -= size;
    }
  }

  /** What there is to know of a file that may be evicted. */
  private async look({ parentPath, name }: { parentPath: string; name: string }) {
    const file = path.join(parentPath, name);
    const found = await stat(file).catch(unlessGone);
    if (!found) return null;
    const isArriving = parentPath === path.join(this.root, 'incoming');
    if (isArriving && found.mtimeMs > Date.now() - ABANDONED_MS) return null;
    return { file, size: found.size, mtimeMs: found.mtimeMs, nlink: found.nlink };
  }
}

/** One transfer for all who wait for it; it ends when nobody does any more. */
class Download {
  private readonly stop = new AbortController();
  private readonly done: Promise<void>;
  private waiting = 0;

  constructor(
    run: (signal: AbortSignal) => Promise<void>,
    private readonly forget: () => void,
  ) {
    this.done = run(this.stop.signal).finally(forget);
    // Nobody may be left to hear of it.
    this.done.catch(() => {});
  }

  async wait(signal?: AbortSignal): Promise<void> {
    this.waiting++;
    try {
      await orAborted(this.done, signal);
    } finally {
      this.waiting--;
      if (this.waiting === 0) {
        this.forget();
        this.stop.abort();
      }
    }
  }
}

async function orAborted(work: Promise<void>, signal?: AbortSignal): Promise<void> {
  if (!signal) return work;
  signal.throwIfAborted();
  let onAbort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

function unlessGone(error: unknown): null {
  if (isGone(error)) return null;
  throw error;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    (error) => unlessGone(error) !== null,
  );
}
