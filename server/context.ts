import type { IncomingMessage, ServerResponse } from 'node:http';
import { getDatamodel } from '../generated/pothos-types.js';
import type { Platform } from '../runtime/platform.js';
import { AwaitedStatements, type Waiting } from '../runtime/reads/awaitedStatements.js';
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

/** Makes the context of each GraphQL operation. Who waits is said of those that may be broken off when they are gone: queries.
 * @param key - signs asset links and upload ids. */
export function contextFactory(platform: Platform, key: string) {
  const artifactUrl = rememberedUrls(ARTIFACT, key);
  const thumbnailUrl = rememberedUrls(THUMBNAIL, key);
  const openUpload = uploadOpener(platform.store, key);
  const readerFor = readingInOneStatement(platform.db, platform.pool, getDatamodel());
  const statements = new AwaitedStatements(platform.pool);
  const loadersFor = createLoaders(readerFor, platform.pool);
  return (viewer: Viewer | null, waiting?: Waiting): Context => ({
    platform,
    db: readerFor(waiting),
    statements: statements.awaitedBy(waiting),
    loaders: loadersFor(waiting),
    viewer,
    artifactUrl,
    thumbnailUrl,
    openUpload,
  });
}
