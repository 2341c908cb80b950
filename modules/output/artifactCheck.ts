import { open } from 'node:fs/promises';
import type { ArtifactRef } from '../artifacts.js';
import { ModuleError } from '../errors.js';
import { publishedPictures } from '../pictures/pictures.js';
import type { ArtifactContract } from '../shapes/artifactContract.js';

/** A file about to be delivered. */
export interface Delivered {
  ref: ArtifactRef;
  /** Local path of its bytes. */
  path: string;
}

/** What the file itself says, as far as it can be read. */
export interface FileFacts {
  widthPx?: number;
  heightPx?: number;
  isTransparent?: boolean;
}

/** First bytes by media type, for what sharp does not read. */
const MAGIC: Readonly<Record<string, { at: number; bytes: string }>> = {
  'image/x-exr': { at: 0, bytes: '762f3101' },
  'video/mp4': { at: 4, bytes: '66747970' },
  'video/webm': { at: 0, bytes: '1a45dfa3' },
  'application/zip': { at: 0, bytes: '504b0304' },
  'model/gltf-binary': { at: 0, bytes: '676c5446' },
};
/** Blender's own, gzip and Zstandard: how it saves, uncompressed and compressed. */
const BLEND_MAGIC = ['424c454e444552', '1f8b', '28b52ffd'];
const PICTURES: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/webp': 'webp',
  'image/avif': 'heif',
};

/** Checks every file against what the output type sells, before anything is written.
 * @param kind - the role the output type sells; null where there is no output type.
 * @returns the facts of each file, in order.
 * @throws {ModuleError} `ARTIFACT_KIND_MISMATCH`, `ASSET_EMPTY`, `ASSET_CORRUPT`, or `ARTIFACT_CONTRACT_BROKEN` naming what does not fit; the signal's
 * reason when it aborts. */
export async function checkDelivery(
  files: readonly Delivered[],
  { outputType, kind, contract }: { outputType: string; kind: string | null; contract: ArtifactContract },
  signal: AbortSignal,
): Promise<FileFacts[]> {
  const broken = (file: string | null, field: string, sentence: string) =>
    new ModuleError(
      'ARTIFACT_CONTRACT_BROKEN',
      `${file === null ? 'The delivery' : `"${file}"`} is not what the output type "${outputType}" sells: ${sentence}. Nothing was published.`,
      'input',
      { field, ...(file === null ? {} : { file }) },
    );
  const { min, max } = contract.count;
  if (files.length < min || (max !== undefined && files.length > max)) {
    const wanted = max === undefined ? `at least ${min}` : min === max ? `${min}` : `${min} to ${max}`;
    throw broken(null, 'count', `it has ${files.length} ${files.length === 1 ? 'file' : 'files'} instead of ${wanted}`);
  }
  const all: FileFacts[] = [];
  for (const { ref, path } of files) {
    signal.throwIfAborted();
    const name = ref.fileName;
    if (ref.byteSize === 0) throw new ModuleError('ASSET_EMPTY', `"${name}" is empty and cannot be delivered.`);
    if (kind !== null && kind !== ref.role)
      throw new ModuleError(
        'ARTIFACT_KIND_MISMATCH',
        `The output type "${outputType}" sells a ${words(kind)}, but this is a ${words(ref.role)}.`,
        'input',
        { expected: kind, actual: ref.role },
      );
    const { mediaTypes, minBytes, maxBytes, transparent } = contract;
    if (mediaTypes.length > 0 && !mediaTypes.includes(ref.mediaType))
      throw broken(name, 'mediaTypes', `it is ${ref.mediaType} instead of ${mediaTypes.join(' or ')}`);
    if (ref.byteSize < minBytes) throw broken(name, 'minBytes', `it has ${ref.byteSize} bytes, fewer than ${minBytes}`);
    if (maxBytes !== undefined && ref.byteSize > maxBytes)
      throw broken(name, 'maxBytes', `it has ${ref.byteSize} bytes, more than ${maxBytes}`);
    const facts = await factsOf({ ref, path }, signal);
    for (const field of ['widthPx', 'heightPx'] as const) {
      const range = contract[field];
      const actual = facts[field];
      if (!range) continue;
      if (actual === undefined) throw broken(name, field, 'its size in pixels is not known');
      if (actual < (range.min ?? 0) || actual > (range.max ?? Infinity))
        throw broken(
          name,
          field,
          `its ${field === 'widthPx' ? 'width' : 'height'} is ${actual} px, outside ${range.min ?? 1} to ${range.max ?? '…'}`,
        );
    }
    if (transparent !== undefined && facts.isTransparent !== undefined && facts.isTransparent !== transparent)
      throw broken(name, 'transparent', transparent ? 'it has no transparency' : 'it is transparent');
    all.push(facts);
  }
  return all;
}

async function factsOf({ ref, path }: Delivered, signal: AbortSignal): Promise<FileFacts> {
  const format = PICTURES[ref.mediaType];
  if (format) return pictureFacts(ref, path, format, signal);
  const start = await firstBytes(path);
  const magic = MAGIC[ref.mediaType];
  const isAsSaid =
    ref.mediaType === 'application/x-blender'
      ? BLEND_MAGIC.some((bytes) => start.startsWith(bytes))
      : !magic || start.startsWith(magic.bytes, magic.at * 2);
  if (!isAsSaid) throw corrupt(ref, `it is not ${ref.mediaType}`);
  const { widthPx, heightPx, isTransparent } = ref.metadata;
  return {
    ...(typeof widthPx === 'number' && { widthPx }),
    ...(typeof heightPx === 'number' && { heightPx }),
    ...(typeof isTransparent === 'boolean' && { isTransparent }),
  };
}

async function pictureFacts(ref: ArtifactRef, path: string, format: string, signal: AbortSignal): Promise<FileFacts> {
  const picture = await publishedPictures.read(path, signal);
  if ('unreadable' in picture) throw corrupt(ref, picture.unreadable);
  if (picture.format !== format) throw corrupt(ref, `it is ${picture.format}, not ${format}`);
  const { widthPx, heightPx, hasAlpha } = picture;
  return { widthPx, heightPx, isTransparent: hasAlpha };
}

const corrupt = (ref: ArtifactRef, why: string) =>
  new ModuleError('ASSET_CORRUPT', `"${ref.fileName}" is damaged and cannot be delivered: ${why}.`);

async function firstBytes(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
    return buffer.subarray(0, bytesRead).toString('hex');
  } finally {
    await file.close();
  }
}

const words = (role: string) => role.replaceAll('_', ' ');
