import { open } from 'node:fs/promises';
import { v7 as uuidv7 } from 'uuid';
import type { ArtifactRef } from '../../modules/artifacts.js';
import { ModuleError } from '../../modules/errors.js';
import { inspectMaterialScene } from '../../modules/materials/materialScene.js';
import type { TextureChannel } from '../../modules/shapes/materials.js';
import { ValidationError } from '../errors.js';
import { fileError, type ReceivedFile, withReceivedFile } from '../library/receivedFile.js';
import { receivedPictures } from '../library/receivedPictures.js';
import type { Platform } from '../platform.js';
import { artifactRef } from '../runs/snapshots.js';

const MAX_TEXTURE_BYTES = 64 * 1024 * 1024;
const MAX_TEXTURE_SIDE_PX = 8192;
const MAX_SCENE_BYTES = 256 * 1024 * 1024;
const TEXTURE_TYPES: Readonly<Record<string, string>> = { png: 'image/png', jpeg: 'image/jpeg', webp: 'image/webp' };

type FilePlatform = Pick<Platform, 'db' | 'store' | 'log'>;

/** Takes in a texture. What it is is told by its content, which is decoded whole.
 * @throws ValidationError `FILE_EMPTY`, `FILE_TOO_LARGE`, `TEXTURE_UNREADABLE`, `TEXTURE_TOO_LARGE`. */
export function receiveTexture(
  platform: FilePlatform,
  channel: TextureChannel,
  received: ReceivedFile,
): Promise<ArtifactRef> {
  return withReceivedFile(received, MAX_TEXTURE_BYTES, async ({ path, fileName }) => {
    const unreadable = (why: string) =>
      fileError('TEXTURE_UNREADABLE', `"${fileName}" cannot be used as a texture: ${why}. Send a PNG, JPEG or WebP.`);
    const look = (op: 'header' | 'read') =>
      receivedPictures[op](path, new AbortController().signal).catch((error: unknown) => {
        throw error instanceof ModuleError ? unreadable(`it could not be decoded (${error.message})`) : error;
      });
    const header = await look('header');
    if ('unreadable' in header) throw unreadable('it is no picture');
    const { format, widthPx, heightPx } = header;
    const mediaType = TEXTURE_TYPES[format];
    if (!mediaType) throw unreadable(`it is ${format}`);
    if (widthPx > MAX_TEXTURE_SIDE_PX || heightPx > MAX_TEXTURE_SIDE_PX) {
      const message = `"${fileName}" is wider or higher than ${MAX_TEXTURE_SIDE_PX} pixels.`;
      throw fileError('TEXTURE_TOO_LARGE', message);
    }
    const whole = await look('read');
    if ('unreadable' in whole) throw unreadable(`it is damaged (${whole.unreadable})`);
    return store(platform, path, {
      role: 'texture_image',
      mediaType,
      fileName,
      metadata: { widthPx, heightPx, channel },
    });
  });
}

/** How .blend files begin: plain, gzip (before 3.0), Zstandard. */
const BLEND_STARTS = ['424c454e444552', '1f8b', '28b52ffd'];

/** Takes in a .blend file for one of its materials, after Blender has looked at it.
 * @param material - null: the only one there is.
 * @throws ValidationError `FILE_EMPTY`, `FILE_TOO_LARGE`, `FILE_NOT_BLEND`, or with the code of `inspectMaterialScene`; names what there is. */
export function receiveMaterialScene(
  platform: FilePlatform,
  material: string | null,
  received: ReceivedFile,
): Promise<{ file: ArtifactRef; material: string }> {
  return withReceivedFile(received, MAX_SCENE_BYTES, async ({ path, fileName, workdir }) => {
    if (!(await startsLikeBlend(path))) throw fileError('FILE_NOT_BLEND', `"${fileName}" is not a .blend file.`);
    const ctx = {
      workdir,
      signal: new AbortController().signal,
      progress: () => {},
      log: (level: 'debug' | 'info' | 'warn' | 'error', message: string) => platform.log[level](message),
    };
    const found = await inspectMaterialScene(ctx, path, material).catch((error: unknown) => {
      if (!(error instanceof ModuleError) || error.failureClass === 'crash') throw error;
      const field =
        error.code.startsWith('MATERIAL_NAME') || error.code === 'MATERIAL_NOT_IN_FILE' ? '/material' : '/file';
      throw new ValidationError(error.message, [{ path: field, message: error.message }], [], error.code);
    });
    const file = await store(platform, path, {
      role: 'material_scene',
      mediaType: 'application/x-blender',
      fileName,
      metadata: { materials: found.names.slice(0, 100) },
    });
    return { file, material: found.material };
  });
}

async function startsLikeBlend(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    const start = buffer.subarray(0, bytesRead).toString('hex');
    return BLEND_STARTS.some((known) => start.startsWith(known));
  } finally {
    await file.close();
  }
}

async function store(
  platform: FilePlatform,
  path: string,
  what: Pick<ArtifactRef, 'role' | 'mediaType' | 'fileName' | 'metadata'>,
): Promise<ArtifactRef> {
  const stored = await platform.store.putFile(path);
  const row = await platform.db.artifact.create({
    data: { id: uuidv7(), ...what, metadata: { ...what.metadata } as object, ...stored },
  });
  return artifactRef(row);
}
