import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { type ArtifactStore, type ByteRange, isMissing } from '../runtime/artifacts/store.js';
import type { Platform } from '../runtime/platform.js';
import { ARTIFACT, isSigned } from './signedUrls.js';

/** Types that browsers may show in place; they hold no script. Everything else is saved. */
const SHOWN: ReadonlySet<string> = new Set([
  'application/json',
  'image/avif',
  'image/jpeg',
  'image/png',
  'image/webp',
  'model/gltf-binary',
  'video/mp4',
  'video/webm',
]);
/** Of content that never changes and must not do anything. */
export const STATIC_HEADERS = {
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'private, max-age=31536000, immutable',
};
export const NOT_HERE = 'This file is not here.';
export const RUN_OUT = 'This link has run out or was changed. Ask the API for a new one.';
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+$/;

function contentDisposition(mediaType: string, fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const kind = SHOWN.has(mediaType) ? 'inline' : 'attachment';
  const encoded = encodeURIComponent(fileName).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** The one range that is asked for; null: everything. Several at once are answered with everything, as they may be. */
function rangeOf(request: Request, byteSize: number, etag: string): ByteRange | null | 'unsatisfiable' {
  const condition = request.get('if-range');
  if (request.method !== 'GET' || (condition && condition !== etag)) return null;
  // The last bytes of a file that has fewer are all of it, which the parser takes for none.
  const last = /^bytes=-(\d+)$/.exec(request.get('range') ?? '')?.[1];
  if (Number(last) >= byteSize) return null;
  const ranges = request.range(byteSize);
  if (ranges === -1) return 'unsatisfiable';
  return Array.isArray(ranges) && ranges.type === 'bytes' && ranges.length === 1 ? ranges[0]! : null;
}

export function refuse(response: Response, status: number, message: string): void {
  response.status(status).set('Cache-Control', 'no-store').type('text').send(message);
}

/** `GET /assets/:artifactId/:fileName?exp&sig`. The signature is the permission; the file name is only for people. The bytes go
 * through this server wherever they lie: one address for partners whatever the store, with the headers that keep browsers from
 * running what they show, and a bucket that knows no reader but us. */
export function serveAsset({ db, store }: Pick<Platform, 'db' | 'store'>, key: string) {
  return async (request: Request, response: Response) => {
    if (!isSigned(ARTIFACT, key, String(request.params.artifactId), request.query))
      return refuse(response, 403, RUN_OUT);
    const artifact = await db.artifact.findUnique({ where: { id: String(request.params.artifactId) } });
    if (!artifact) return refuse(response, 404, NOT_HERE);
    const etag = `"${artifact.sha256}"`;
    const wanted = request.get('if-match');
    if (wanted && wanted !== '*' && !wanted.split(',').some((tag) => tag.trim() === etag))
      return refuse(response, 412, 'The file is another one than this request is about.');
    const byteSize = Number(artifact.byteSize);
    const range = rangeOf(request, byteSize, etag);
    if (range === 'unsatisfiable') {
      response.set('Content-Range', `bytes */${byteSize}`);
      return refuse(response, 416, `The file has ${byteSize} bytes.`);
    }
    const content = await openOrNull(store, artifact.sha256, range);
    if (!content) return refuse(response, 404, NOT_HERE);
    const mediaType = MEDIA_TYPE.test(artifact.mediaType) ? artifact.mediaType : 'application/octet-stream';
    response.set({
      'Accept-Ranges': 'bytes',
      'Content-Type': mediaType,
      'Content-Disposition': contentDisposition(mediaType, artifact.fileName),
      ...STATIC_HEADERS,
      ETag: etag,
    });
    await send(request, response, content, byteSize, range);
  };
}

async function openOrNull(store: ArtifactStore, sha256: string, range: ByteRange | null): Promise<Readable | null> {
  try {
    return await store.open(sha256, range ?? undefined);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function send(
  request: Request,
  response: Response,
  content: Readable,
  byteSize: number,
  range: ByteRange | null,
): Promise<void> {
  if (request.fresh || request.method === 'HEAD') {
    content.destroy();
    if (request.fresh) response.status(304);
    else response.set('Content-Length', String(byteSize));
    return void response.end();
  }
  if (range) response.status(206).set('Content-Range', `bytes ${range.start}-${range.end}/${byteSize}`);
  response.set('Content-Length', String(range ? range.end - range.start + 1 : byteSize));
  await pipeline(content, response).catch((error: NodeJS.ErrnoException) => {
    // Who has seen enough hangs up.
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}
