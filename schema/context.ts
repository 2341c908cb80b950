import type { Readable } from 'node:stream';
import type { PrismaClient } from '../generated/prisma/client.js';
import type { Role } from '../generated/prisma/enums.js';
import type { Scope } from '../runtime/access/access.js';
import type { Platform } from '../runtime/platform.js';
import type { Statements } from '../runtime/reads/awaitedStatements.js';
import type { Loaders } from './loaders.js';

/** Who is asking. */
export interface Viewer {
  /** Of whom the orders are; null: the installation's owner. */
  accountId: string | null;
  name: string;
  role: Role;
  /** What they may do: the role's scopes, or fewer of a token. */
  scopes: ReadonlySet<Scope>;
  /** The API token they came with, if any. */
  tokenId?: string | null;
}

/** What every resolver may reach. The server makes one per request, and one per subscription. */
export interface Context {
  platform: Platform;
  db: PrismaClient;
  /** For what only SQL can say; ends with who asks, like the reads of `db`. */
  statements: Statements;
  loaders: Loaders;
  /** Null on requests that nobody signed; the schema then offers nothing but an error. */
  viewer: Viewer | null;
  /** A signed, short-lived address of an artifact's bytes. */
  artifactUrl(artifact: { id: string; fileName: string }): string;
  /** The same of a small picture of it. */
  thumbnailUrl(artifact: { id: string; fileName: string }): string;
  /** The content behind an id from `POST /api/uploads`, or null where the id is forged, unknown or too old. */
  openUpload(uploadId: string): Promise<{ name: string; content: Readable } | null>;
}
