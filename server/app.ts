import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import express, { type ErrorRequestHandler, type Request, type Response } from 'express';
import { FAMILIES, type Family } from '../modules/define.js';
import { contentHash } from '../modules/hash.js';
import { StoreError } from '../runtime/artifacts/store.js';
import { isDatabaseAway } from '../runtime/databaseErrors.js';
import type { Platform } from '../runtime/platform.js';
import { hashToken } from '../runtime/secrets/secrets.js';
import { viewNodeDefinition } from '../schema/nodeDefinitionView.js';
import { definitionsOfFamily, type NodeDefinition } from '../workflow/nodeDefinition.js';
import { Access } from './access.js';
import { answerOperations } from './answerOperations.js';
import { serveAsset } from './assets.js';
import { allow, identifier, signedInOnly, stillHolds } from './auth.js';
import { chain, type Handler } from './chain.js';
import { serveConsole } from './console.js';
import { allowOrigins } from './cors.js';
import { refuseForgeries } from './csrf.js';
import { type DoorSettings, readDoorSettings } from './doorSettings.js';
import { eventStreams } from './eventStreams.js';
import { DATABASE_AWAY, UNEXPECTED } from './explainError.js';
import { FILES_UNREACHABLE } from './filesUnreachable.js';
import { graphiql } from './graphiql.js';
import { limitSignInCodes, TokenGuesses } from './guessing.js';
import { live, ready } from './health.js';
import { operationPreparer } from './liveOperations.js';
import { createMetrics } from './metrics.js';
import { OpenStreams } from './openStreams.js';
import { readPersistedOperations } from './persistedOperations.js';
import { refuse } from './refuse.js';
import { graphqlTypesOnly } from './requestGuards.js';
import { RESUMABLE_PATH, resumableUploads } from './resumableUploads.js';
import { dataHeaders, pageHeaders } from './securityHeaders.js';
import { cookieNameFor } from './session.js';
import { signIn, signOut } from './signIn.js';
import { serveThumbnail } from './thumbnails.js';
import { MAX_UPLOAD_BYTES, receiveUpload } from './uploads.js';
import { webSockets } from './webSockets.js';
import { buildYoga } from './yoga.js';

export interface AppOptions {
  /** Where the built console lies. Default: `dist/client`. */
  clientDir?: string;
  maxUploadBytes?: number;
  /** Who comes in by which door. Default: what `readDoorSettings` says of an empty environment. */
  doors?: DoorSettings;
}

export interface App {
  /** Answers the `request` events of the HTTP server. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Answers the `upgrade` events of the HTTP server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Breaks event streams off, so that the server can stop. */
  stop(): void;
  /** Lets go of the database, once nothing is served any more. */
  close(): Promise<void>;
}

const serveNodeDefinitions = (all: readonly NodeDefinition[]) => (request: Request, response: Response) => {
  const { family } = request.query;
  if (family !== undefined && !FAMILIES.includes(family as Family)) {
    const message = `There is no such family. There are: ${FAMILIES.join(', ')}.`;
    return refuse(response, 400, { message, extensions: { code: 'BAD_USER_INPUT' } });
  }
  const body = { nodeDefinitions: definitionsOfFamily(all, family as Family | undefined).map(viewNodeDefinition) };
  const etag = `"${contentHash(body)}"`;
  response.set({ ETag: etag, 'Cache-Control': 'private, no-cache' });
  // Express would send everything again to callers who forbid caches to answer, as Node's fetch does of its own accord.
  const known = request.get('if-none-match')?.split(',') ?? [];
  if (known.some((tag) => tag.trim().replace(/^W\//, '') === etag)) response.status(304).end();
  else response.json(body);
};

const pathOf = ({ url }: IncomingMessage) => url!.split('?', 1)[0]!;

/** Without the query: it may hold a sign-in code or a signature. */
const logRequests =
  (log: Platform['log']): Handler =>
  (request, response, next) => {
    const begun = Date.now();
    response.once('finish', () =>
      log.debug({ method: request.method, path: pathOf(request), status: response.statusCode, ms: Date.now() - begun }),
    );
    next();
  };

function notFound(_request: Request, response: Response) {
  refuse(response, 404, { message: 'There is nothing at this address.', extensions: { code: 'NOT_FOUND' } });
}

/** Builds the whole HTTP side on an open platform; listening is main.ts's business. */
export async function createApp(platform: Platform, options: AppOptions = {}): Promise<App> {
  const { db, store, settings } = platform;
  const log = platform.log.child({ part: 'http' });
  const key = await platform.secrets.key('server-signing');
  const access = new Access(db, settings.databaseUrl);
  await access.start();
  const guesses = new TokenGuesses();
  const adminTokenHash = settings.adminToken && hashToken(settings.adminToken);
  const auth = { access, guesses, adminTokenHash, cookieName: cookieNameFor(key) };
  const doors = options.doors ?? readDoorSettings({});
  const streams = new OpenStreams();
  const metrics = createMetrics(platform, streams);
  const operations = await readPersistedOperations(doors);
  const { yoga, queries } = buildYoga(platform, key, doors, operations);

  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', 'loopback');
  const observed = [metrics.observe, ...(log.isLevelEnabled('debug') ? [logRequests(log)] : [])];
  app.use(pageHeaders, ...observed);

  const whoIsIt = identifier(auth);
  const fromElsewhere = allowOrigins(doors.corsOrigins);
  access.onLost((isLost) => streams.breakOffOf(isLost));
  const prepare = operationPreparer(yoga, operations);
  const guards = [signedInOnly, graphqlTypesOnly, refuseForgeries];
  const holds = (request: IncomingMessage) => stillHolds(auth, request);
  const events = eventStreams(prepare, streams, holds);
  const operation = [...guards, answerOperations(yoga, queries, holds), events];
  app.all('/graphql', fromElsewhere, whoIsIt, graphiql(doors.graphiql), operation);
  app.all('/graphql/stream', fromElsewhere, whoIsIt, guards, events);

  app.get('/health/live', live);
  app.get('/health/ready', ready(platform));
  app.get('/assets/thumbnails/:artifactId.webp', serveThumbnail(platform, key));
  app.get('/assets/:artifactId/:fileName', serveAsset(platform, key));
  app.get('/sign-in', limitSignInCodes(), whoIsIt, signIn(db, auth));
  app.post('/sign-out', whoIsIt, refuseForgeries, signOut(platform, auth));
  app.get('/metrics', whoIsIt, allow('operate'), metrics.serve);
  app.use('/api', fromElsewhere, whoIsIt, signedInOnly, refuseForgeries);
  app.get('/api/workflows/node-definitions', allow('view'), serveNodeDefinitions(platform.nodeDefinitions));
  const maxUploadBytes = options.maxUploadBytes ?? MAX_UPLOAD_BYTES;
  app.post('/api/uploads', allow('author'), receiveUpload(store, key, maxUploadBytes));
  app.use(RESUMABLE_PATH, allow('author'), resumableUploads(store, settings.home, key, maxUploadBytes));
  app.use(serveConsole(options.clientDir));
  app.use(notFound);

  function answerFailure(error: any, request: IncomingMessage, response: ServerResponse): void {
    const status = Number(error.status ?? error.statusCode ?? 500);
    if (status >= 500) log.error({ err: error, path: pathOf(request) }, 'a request failed unexpectedly');
    if (response.headersSent) return void response.destroy();
    if (isDatabaseAway(error)) return void refuse(response, 503, DATABASE_AWAY);
    if (error instanceof StoreError) return void refuse(response, 503, FILES_UNREACHABLE);
    const [message, code] = status >= 500 ? [UNEXPECTED, 'INTERNAL'] : ['This request makes no sense.', 'BAD_REQUEST'];
    refuse(response, status, { message, extensions: { code } });
  }
  // Express knows it by its four parameters.
  const failed: ErrorRequestHandler = (error, request, response, _next) => answerFailure(error, request, response);
  app.use(failed);
  // Nearly all requests are these.
  const operationsByPost = chain([dataHeaders, ...observed, fromElsewhere, whoIsIt, ...operation], answerFailure);
  return {
    handle: (request, response) =>
      request.url === '/graphql' && request.method === 'POST'
        ? operationsByPost(request, response)
        : app(request, response),
    upgrade: webSockets('/graphql', auth, streams, prepare),
    stop: () => streams.breakOff(),
    close: async () => {
      guesses.close();
      await access.close();
    },
  };
}
