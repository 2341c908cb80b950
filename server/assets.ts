import type { Request, Response } from 'express';
import { LRUCache } from 'lru-cache';
import type { Platform } from '../runtime/platform.js';
import { isSame, sign } from './secrets.js';

const HOUR_MS = 3_600_000;
const PURPOSE = 'asset';
const MAX_REMEMBERED = 10_000;

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
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+$/;

/** Address of an artifact's bytes, relative to this server. It is good for one to two hours and stays the same within an
 * hour, so that a page that is drawn again finds its pictures in the browser's cache. */
export function artifactUrl(key: string, { id, fileName }: { id: string; fileName: string }, now = Date.now()): string {
  const expires = (Math.floor(now / HOUR_MS) + 2) * HOUR_MS;
  const signature = sign(key, PURPOSE, `${id} ${expires}`);
  return `/assets/${id}/${encodeURIComponent(fileName)}?exp=${expires}&sig=${encodeURIComponent(signature)}`;
}

/** Makes addresses as `artifactUrl` does, and remembers them while they stay the same: lists are asked for again and again, and
 * signing is the dearest thing about a row of them. */
export function rememberedUrls(key: string): (artifact: { id: string; fileName: string }, now?: number) => string {
  const known = new LRUCache<string, { hour: number; url: string }>({ max: MAX_REMEMBERED });
  return (artifact, now = Date.now()) => {
    const hour = Math.floor(now / HOUR_MS);
    const last = known.get(artifact.id);
    if (last?.hour === hour) return last.url;
    const url = artifactUrl(key, artifact, now);
    known.set(artifact.id, { hour, url });
    return url;
  };
}

function isSigned(key: string, { params, query }: Request, now = Date.now()): boolean {
  const { exp, sig } = query;
  if (typeof exp !== 'string' || typeof sig !== 'string' || !(Number(exp) > now)) return false;
  return isSame(sig, sign(key, PURPOSE, `${String(params.artifactId)} ${exp}`));
}

function contentDisposition(mediaType: string, fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const kind = SHOWN.has(mediaType) ? 'inline' : 'attachment';
  const encoded = encodeURIComponent(fileName).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** `GET /assets/:artifactId/:fileName?exp&sig`. The signature is the permission; the file name is only for people. */
export function serveAsset({ db, store }: Pick<Platform, 'db' | 'store'>, key: string) {
  return async (request: Request, response: Response) => {
    const refuse = (status: number, message: string) => {
      response.status(status).set('Cache-Control', 'no-store').type('text').send(message);
    };
    if (!isSigned(key, request)) return refuse(403, 'This link has run out or was changed. Ask the API for a new one.');
    const artifact = await db.artifact.findUnique({ where: { id: String(request.params.artifactId) } });
    if (!artifact || (await store.byteSize(artifact.sha256)) === null) return refuse(404, 'This file is not here.');
    const mediaType = MEDIA_TYPE.test(artifact.mediaType) ? artifact.mediaType : 'application/octet-stream';
    response.set({
      'Content-Type': mediaType,
      'Content-Disposition': contentDisposition(mediaType, artifact.fileName),
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'private, max-age=31536000, immutable',
      ETag: `"${artifact.sha256}"`,
    });
    // Ranges and conditional requests are sendFile's business. A data directory may well begin with a dot.
    response.sendFile(store.path(artifact.sha256), { dotfiles: 'allow', lastModified: false, cacheControl: false });
  };
}
