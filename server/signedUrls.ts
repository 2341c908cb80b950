import { LRUCache } from 'lru-cache';
import { isSame, sign } from './secrets.js';

const HOUR_MS = 3_600_000;
const MAX_REMEMBERED = 10_000;

interface Artifact {
  id: string;
  fileName: string;
}

/** What an address gives of an artifact. */
interface Kind {
  /** A signature for one kind opens no other. */
  purpose: string;
  path(artifact: Artifact): string;
}

/** Its bytes. */
export const ARTIFACT: Kind = {
  purpose: 'asset',
  path: ({ id, fileName }) => `/assets/${id}/${encodeURIComponent(fileName)}`,
};
/** A small picture of it. */
export const THUMBNAIL: Kind = { purpose: 'thumbnail', path: ({ id }) => `/assets/thumbnails/${id}.webp` };

/** Address on this server, relative to it. It is good for one to two hours and stays the same within an hour, so that a page that is
 * drawn again finds its pictures in the browser's cache. */
export function signedUrl({ purpose, path }: Kind, key: string, artifact: Artifact, now = Date.now()): string {
  const expires = (Math.floor(now / HOUR_MS) + 2) * HOUR_MS;
  const signature = sign(key, purpose, `${artifact.id} ${expires}`);
  return `${path(artifact)}?exp=${expires}&sig=${encodeURIComponent(signature)}`;
}

/** Makes addresses as `signedUrl` does, and remembers them while they stay the same: lists are asked for again and again, and
 * signing is the dearest thing about a row of them. */
export function rememberedUrls(kind: Kind, key: string): (artifact: Artifact, now?: number) => string {
  const known = new LRUCache<string, { hour: number; url: string }>({ max: MAX_REMEMBERED });
  return (artifact, now = Date.now()) => {
    const hour = Math.floor(now / HOUR_MS);
    const last = known.get(artifact.id);
    if (last?.hour === hour) return last.url;
    const url = signedUrl(kind, key, artifact, now);
    known.set(artifact.id, { hour, url });
    return url;
  };
}

/** Whether the query part of an address opens this artifact now.
 * @param query - `exp` and `sig`, as they came. */
export function isSigned(
  { purpose }: Kind,
  key: string,
  artifactId: string,
  { exp, sig }: Record<string, unknown>,
  now = Date.now(),
): boolean {
  if (typeof exp !== 'string' || typeof sig !== 'string' || !(Number(exp) > now)) return false;
  return isSame(sig, sign(key, purpose, `${artifactId} ${exp}`));
}
