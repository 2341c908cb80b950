import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ArtifactStore } from '../artifacts/store.js';
import { receivedPictures } from './receivedPictures.js';

/** Width and height that a thumbnail has at most, in pixels: twice what lists show, for fine screens. */
export const THUMBNAIL_PX = 192;
const PICTURES: ReadonlySet<string> = new Set(['image/avif', 'image/jpeg', 'image/png', 'image/webp']);

/** Whether there can be a thumbnail of a file; one that is damaged has none all the same. */
export const canHaveThumbnail = ({ mediaType }: { mediaType: string }): boolean => PICTURES.has(mediaType);

/** A picture as small as lists show it, as WebP.
 * @throws ContentError where the content is gone; ModuleError `PICTURE_…` */
export async function makeThumbnail(store: ArtifactStore, sha256: string, signal: AbortSignal): Promise<Buffer> {
  const workdir = await mkdtemp(path.join(tmpdir(), 'hartomat-thumbnail-'));
  try {
    const from = await store.localFile(sha256, workdir, signal);
    const to = path.join(workdir, 'thumbnail.webp');
    await receivedPictures.shrink({ from, to, maxSidePx: THUMBNAIL_PX, format: 'webp' }, signal);
    return await readFile(to);
  } finally {
    await rm(workdir, { recursive: true, force: true });
  }
}
