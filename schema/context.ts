import type { Readable } from 'node:stream';
import type { PrismaClient } from '../generated/prisma/client.js';
import type { Platform } from '../runtime/platform.js';
import type { Loaders } from './loaders.js';

/** Who is asking. There is one owner for now; tokens and roles widen this, never the resolvers. */
export interface Viewer {
  name: string;
  isOwner: boolean;
}

/** What every resolver may reach. The server makes one per request, and one per subscription. */
export interface Context {
  platform: Platform;
  db: PrismaClient;
  loaders: Loaders;
  /** Null on requests that nobody signed; the schema then offers nothing but an error. */
  viewer: Viewer | null;
  /** A signed, short-lived address of an artifact's bytes. */
  artifactUrl(artifact: { id: string; fileName: string }): string;
  /** The content behind an id from `POST /api/uploads`, or null where the id is forged, unknown or too old. */
  openUpload(uploadId: string): Promise<{ name: string; content: Readable } | null>;
}
