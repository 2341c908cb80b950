import type { Request, Response } from 'express';
import { LRUCache } from 'lru-cache';
import { ModuleError } from '../modules/errors.js';
import { isMissing } from '../runtime/artifacts/store.js';
import { canHaveThumbnail, makeThumbnail, THUMBNAIL_PX } from '../runtime/library/thumbnail.js';
import type { Platform } from '../runtime/platform.js';
import { NOT_HERE, RUN_OUT, refuse, STATIC_HEADERS } from './assets.js';
import { isSigned, THUMBNAIL } from './signedUrls.js';

/** Enough for some ten thousand. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/** `GET /assets/thumbnails/:artifactId.webp?exp&sig`: so that a page of fifty rows does not load fifty finals. Made when it is first
 * asked for and kept in memory, the latest ones; browsers keep theirs for good. */
export function serveThumbnail({ db, store }: Pick<Platform, 'db' | 'store'>, key: string) {
  const kept = new LRUCache<string, Buffer>({
    maxSize: MAX_KEPT_BYTES,
    sizeCalculation: ({ byteLength }) => byteLength,
    // Those who ask for the same at once wait for the same.
    fetchMethod: (sha256, _stale, { signal }) => makeThumbnail(store, sha256, signal as AbortSignal),
  });
  return async (request: Request, response: Response) => {
    const id = String(request.params.artifactId);
    if (!isSigned(THUMBNAIL, key, id, request.query)) return refuse(response, 403, RUN_OUT);
    const artifact = await db.artifact.findUnique({ where: { id } });
    if (!artifact || !canHaveThumbnail(artifact)) return refuse(response, 404, NOT_HERE);
    try {
      const picture = await kept.forceFetch(artifact.sha256);
      response.set({ ...STATIC_HEADERS, ETag: `"${artifact.sha256}-${THUMBNAIL_PX}"` });
      response.type('image/webp').send(picture);
    } catch (error) {
      if (isMissing(error)) return refuse(response, 404, NOT_HERE);
      if (error instanceof ModuleError && error.code.startsWith('PICTURE_'))
        return refuse(response, error.failureClass === 'transient' ? 503 : 422, error.message);
      throw error;
    }
  };
}
