import type { Platform } from '../runtime/platform.js';
import type { Context, Viewer } from '../schema/context.js';
import { createLoaders } from '../schema/loaders.js';
import { artifactUrl } from './assets.js';
import { uploadOpener } from './uploads.js';

/** Makes the context of each GraphQL operation.
 * @param key - signs asset links and upload ids. */
export function contextFactory(platform: Platform, key: string) {
  const openUpload = uploadOpener(platform.store, key);
  return (viewer: Viewer | null): Context => ({
    platform,
    db: platform.db,
    loaders: createLoaders(platform.db),
    viewer,
    artifactUrl: (artifact) => artifactUrl(key, artifact),
    openUpload,
  });
}
