import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { z } from 'zod';
import { type ArtifactRef, unfitArtifact } from '../../modules/artifacts.js';
import type { ArtifactWrite, ModuleArtifacts } from '../../modules/context.js';
import { ModuleError } from '../../modules/errors.js';
import { type ArtifactStore, ContentError } from '../artifacts/store.js';
import type { Workplace } from './workplace.js';

/** A module's view of the artifact store, limited to what it was given and to its own workdir. */
export function moduleArtifacts(
  store: ArtifactStore,
  place: Pick<Workplace, 'workdir' | 'inputs'>,
  signal?: AbortSignal,
): ModuleArtifacts {
  return {
    path: (ref) => localArtifact(store, ref, place.inputs, signal),
    readJson: (ref, schema) => readJsonArtifact(store, ref, schema, signal),
    async write({ role, mediaType, fileName, metadata = {}, from }: ArtifactWrite) {
      const stored =
        'path' in from
          ? await store.putFile(insideWorkdir(place.workdir, from.path), signal)
          : await store.put(Readable.from([Buffer.from('text' in from ? from.text : from.bytes)]), signal);
      return { id: randomUUID(), role, mediaType, fileName, metadata, ...stored };
    },
  };
}

/** Local path of an artifact; where the store is elsewhere, in `dir`.
 * @throws ModuleError `ARTIFACT_MISSING`, and whatever else the store says, naming the file. */
export function localArtifact(
  store: ArtifactStore,
  ref: ArtifactRef,
  dir: string,
  signal?: AbortSignal,
): Promise<string> {
  return naming(ref, store.localFile(ref.sha256, dir, signal));
}

/** Reads a JSON artifact and checks it.
 * @throws ModuleError `ARTIFACT_UNREADABLE` where it does not fit, `ARTIFACT_MISSING`. */
export async function readJsonArtifact<S extends z.ZodType>(
  store: ArtifactStore,
  ref: ArtifactRef,
  schema: S,
  signal?: AbortSignal,
): Promise<z.output<S>> {
  const content = await naming(ref, store.read(ref.sha256, signal));
  let json: unknown;
  try {
    json = JSON.parse(content.toString());
  } catch {
    throw new ModuleError('ARTIFACT_UNREADABLE', `"${ref.fileName}" is not valid JSON.`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw unfitArtifact(ref, parsed.error);
}

/** The store knows content by its address; people know files by name. */
async function naming<T>({ fileName }: ArtifactRef, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof ContentError ? error.about(fileName) : error;
  }
}

function insideWorkdir(workdir: string, file: string): string {
  const resolved = path.resolve(workdir, file);
  if (!resolved.startsWith(workdir + path.sep))
    throw new Error(`A module may only hand over files of its workdir, not ${resolved}.`);
  return resolved;
}
