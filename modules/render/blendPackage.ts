import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { type BlenderContext, runBlender } from './blender.js';
import { normalizeBlend } from './blendFile.js';
import { type Scene, sceneJob, sceneMemoryMb } from './scene.js';

/** What fits into one buffer. */
const FILE_LIMIT_MB = 1900;

export interface BlendPackage {
  scene: Scene;
  contents: 'scene' | 'product';
  packTextures: boolean;
  compress: boolean;
  lengthUnit: 'millimeters' | 'centimeters' | 'meters';
  productCollection: string;
  studioCollection: string;
}

/** Writes a scene to a .blend file in the workdir: packed, without a trace of this machine, the same bytes for the same scene,
 * and opened again by a fresh Blender that must find in it what was put in.
 * @throws {ModuleError} what `runBlender` throws; `BLEND_UNREADABLE`, `BLEND_INCOMPLETE`, `BLEND_TELLS_PATHS` when the file is no good. */
export async function writeBlend(
  ctx: BlenderContext,
  { scene, compress, ...options }: BlendPackage,
): Promise<{ path: string; facts: JsonObject }> {
  const written = path.join(ctx.workdir, 'written.blend');
  const finished = path.join(ctx.workdir, 'finished.blend');
  const facts = await runBlender(phase(ctx, 0, 0.7), {
    script: 'export_blend.py',
    job: { ...options, scene: sceneJob(scene), output: written },
    memoryLimitMb: sceneMemoryMb(scene),
    fileLimitMb: FILE_LIMIT_MB,
  });
  const bytes = await readFile(written);
  if (!normalizeBlend(bytes))
    ctx.log('warn', `The .blend format of Blender ${facts.blenderVersion} is new: every export has other bytes.`);
  refusePaths(bytes, [ctx.workdir, path.dirname(scene.glb), process.cwd(), homedir()]);
  // Blender reads gzip too, and this gives the same bytes everywhere.
  await writeFile(finished, compress ? await promisify(gzip)(bytes) : bytes);
  ctx.signal.throwIfAborted();
  ctx.progress(0.75, 'Opening the file again');
  const found = await runBlender(phase(ctx, 0.75, 0.95), { script: 'verify_blend.py', job: { file: finished } });
  if (!isDeepStrictEqual(found, { contents: facts, missing: [] }))
    throw new ModuleError('BLEND_INCOMPLETE', 'The .blend file does not hold what was put in.', 'crash', {
      expected: facts,
      found,
    });
  return { path: finished, facts };
}

/** A context whose progress is a range of the whole. */
function phase(ctx: BlenderContext, from: number, until: number): BlenderContext {
  const { workdir, signal, log } = ctx;
  const progress: BlenderContext['progress'] = (fraction, message) =>
    ctx.progress(from + fraction * (until - from), message);
  return { workdir, signal, log, progress };
}

/** A text that begins with one of our directories. */
function refusePaths(bytes: Buffer, directories: string[]): void {
  const told = directories.find((directory) => directory !== '/' && bytes.includes(`\0${directory}`));
  if (told)
    throw new ModuleError('BLEND_TELLS_PATHS', 'The .blend file names a directory of this machine.', 'crash', { told });
}
