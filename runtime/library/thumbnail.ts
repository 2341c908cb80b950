import { pipeline } from 'node:stream/promises';
import { DomainError } from '../../modules/errors.js';
import type { ArtifactStore } from '../artifacts/store.js';

/** Width and height that a thumbnail has at most, in pixels: twice what lists show, for fine screens. */
export const THUMBNAIL_PX = 192;
/** More than 16k × 16k pixels are not decoded for a glance. */
const MAX_PIXELS = 16_384 ** 2;
const PICTURES: ReadonlySet<string> = new Set(['image/avif', 'image/jpeg', 'image/png', 'image/webp']);

/** Whether there can be a thumbnail of a file; one that is damaged has none all the same. */
export const canHaveThumbnail = ({ mediaType }: { mediaType: string }): boolean => PICTURES.has(mediaType);

/** A picture as small as lists show it, as WebP.
 * @throws ContentError where the content is gone; DomainError `PICTURE_UNREADABLE` */
export async function makeThumbnail(store: ArtifactStore, sha256: string): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const box = { width: THUMBNAIL_PX, height: THUMBNAIL_PX, fit: 'inside', withoutEnlargement: true } as const;
  const source = await store.open(sha256);
  const small = sharp({ limitInputPixels: MAX_PIXELS, sequentialRead: true }).resize(box).webp({ quality: 80 });
  const made = small.toBuffer().catch((error: Error) => {
    throw new DomainError('PICTURE_UNREADABLE', `No small picture can be made of this file: ${error.message}.`);
  });
  // What the store breaks off with comes first: a picture is decoded once it is there whole.
  await Promise.race([pipeline(source, small), made]);
  return made;
}
