import { open, readFile } from 'node:fs/promises';
import { ModuleError } from '../errors.js';
import { type BlenderContext, runBlender } from './blender.js';
import { exrHeader } from './exr.js';
import { isWholeRadiance, radianceHeader } from './radiance.js';

/** Sixteen bytes a pixel in memory, several times over. */
const MAX_WIDTH_PX = 8192;
const MIN_WIDTH_PX = 8;
/** A picture of all directions is twice as wide as high; a row more or less is nothing. */
const MAX_DEVIATION = 0.02;
/** More than any header has. */
const HEAD_BYTES = 256 * 1024;
const TIME_LIMIT_MS = 120_000;
const MEMORY_LIMIT_MB = 8192;

/** What a picture of surroundings is. */
export interface EnvironmentFile {
  mediaType: 'image/vnd.radiance' | 'image/x-exr';
  widthPx: number;
  heightPx: number;
}

/** Looks into a picture of surroundings: what it is is told by its content. Blender decodes it whole, because Blender renders with it.
 * @param file - local path; its name does not matter.
 * @param fileName - as people call it.
 * @throws {ModuleError} `ENVIRONMENT_UNREADABLE`, `ENVIRONMENT_TOO_LARGE`, `ENVIRONMENT_NOT_ROUND` (not twice as wide as high),
 * `ENVIRONMENT_NOT_FINITE`, or what `runBlender` throws. */
export async function checkEnvironmentFile(
  ctx: BlenderContext,
  file: string,
  fileName: string,
): Promise<EnvironmentFile> {
  const refuse = (code: string, why: string) =>
    new ModuleError(code, `"${fileName}" cannot be an environment image: ${why}`, 'input');
  const head = await beginningOf(file);
  const found = radiance(head) ?? openExr(head);
  if (!found)
    throw refuse(
      'ENVIRONMENT_UNREADABLE',
      'it is neither a Radiance picture (.hdr) nor an OpenEXR (.exr) with one part.',
    );
  const { widthPx, heightPx } = found;
  const size = `${widthPx} × ${heightPx} pixels`;
  if (widthPx > MAX_WIDTH_PX || heightPx > MAX_WIDTH_PX)
    throw refuse('ENVIRONMENT_TOO_LARGE', `it has ${size}; ${MAX_WIDTH_PX} is the most.`);
  if (widthPx < MIN_WIDTH_PX || Math.abs(widthPx / heightPx / 2 - 1) > MAX_DEVIATION)
    throw refuse('ENVIRONMENT_NOT_ROUND', `it has ${size}. A picture of all directions is twice as wide as high.`);
  // Blender takes what is there and leaves the rest black.
  if (found.mediaType === 'image/vnd.radiance' && !isWholeRadiance(await readFile(file)))
    throw refuse('ENVIRONMENT_UNREADABLE', 'it is damaged.');
  const facts = await runBlender(ctx, {
    script: 'check_environment.py',
    job: { path: file, name: fileName, width: widthPx, height: heightPx },
    memoryLimitMb: MEMORY_LIMIT_MB,
    timeLimitMs: TIME_LIMIT_MS,
  });
  if (!facts.isFinite) throw refuse('ENVIRONMENT_NOT_FINITE', 'some of its pixels have no finite brightness.');
  return found;
}

async function beginningOf(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function radiance(head: Buffer): EnvironmentFile | null {
  const found = radianceHeader(head);
  return found && { mediaType: 'image/vnd.radiance', widthPx: found.width, heightPx: found.height };
}

function openExr(head: Buffer): EnvironmentFile | null {
  const found = exrHeader(head);
  if (!found || found.isSpecial) return null;
  return { mediaType: 'image/x-exr', widthPx: found.width, heightPx: found.height };
}
