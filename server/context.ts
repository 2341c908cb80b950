import type { IncomingMessage, ServerResponse } from 'node:http';
import { getDatamodel } from '../generated/pothos-types.js';
import type { Platform } from '../runtime/platform.js';
import { readingInOneStatement } from '../runtime/reads/client.js';
import type { Context, Viewer } from '../schema/context.js';
import { createLoaders } from '../schema/loaders.js';
import { ARTIFACT, rememberedUrls, THUMBNAIL } from './signedUrls.js';
import { uploadOpener } from './uploads.js';

/** What the HTTP side hands to Yoga. */
export interface ServerContext {
  req: IncomingMessage;
  res: ServerResponse;
}

/** Makes the context of each GraphQL operation.
 * @param key - signs asset links and upload ids. */
export function contextFactory(platform: Platform, key: string) {
  const artifactUrl = rememberedUrls(ARTIFACT, key);
  const thumbnailUrl = rememberedUrls(THUMBNAIL, key);
  const openUpload = uploadOpener(platform.store, key);
  const db = readingInOneStatement(platform.db, platform.pool, getDatamodel());
  const loaders = createLoaders(db, platform.pool);
  return (viewer: Viewer | null): Context => ({
    platform,
    db,
    loaders,
    viewer,
    artifactUrl,
    thumbnailUrl,
    openUpload,
  });
}
