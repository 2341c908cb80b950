import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { z } from 'zod';
import type { ArtifactRef } from '../modules/artifacts.js';
import type { ArtifactWrite, ModuleArtifacts } from '../modules/context.js';
import { ModuleError } from '../modules/errors.js';
import type { ArtifactStore } from './artifacts/store.js';

/** A module's view of the artifact store, limited to what it was given and to its own workdir. */
export function moduleArtifacts(store: ArtifactStore, workdir: string): ModuleArtifacts {
  return {
    async path(ref: ArtifactRef) {
      if ((await store.byteSize(ref.sha256)) === null) throw missing(ref);
      return store.path(ref.sha256);
    },
    async readJson<S extends z.ZodType>(ref: ArtifactRef, schema: S): Promise<z.output<S>> {
      if ((await store.byteSize(ref.sha256)) === null) throw missing(ref);
      let json: unknown;
      try {
        json = JSON.parse(await readFile(store.path(ref.sha256), 'utf8'));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        throw new ModuleError('ARTIFACT_UNREADABLE', `"${ref.fileName}" is not valid JSON.`);
      }
      const parsed = schema.safeParse(json);
      if (parsed.success) return parsed.data;
      const [issue] = parsed.error.issues;
      throw new ModuleError(
        'ARTIFACT_UNREADABLE',
        `"${ref.fileName}" does not have the shape of a ${ref.role}: ${issue?.message} at /${issue?.path.join('/')}.`,
      );
    },
    async write({ role, mediaType, fileName, metadata = {}, from }: ArtifactWrite) {
      const stored =
        'path' in from
          ? await store.putFile(insideWorkdir(workdir, from.path))
          : await store.put(Readable.from([Buffer.from('text' in from ? from.text : from.bytes)]));
      return { id: randomUUID(), role, mediaType, fileName, metadata, ...stored };
    },
  };
}

function insideWorkdir(workdir: string, file: string): string {
  const resolved = path.resolve(workdir, file);
  if (!resolved.startsWith(workdir + path.sep))
    throw new Error(`A module may only hand over files of its workdir, not ${resolved}.`);
  return resolved;
}

function missing(ref: ArtifactRef): ModuleError {
  return new ModuleError(
    'ARTIFACT_MISSING',
    `The content of "${ref.fileName}" is not in the artifact store any more.`,
    'input',
    { sha256: ref.sha256 },
  );
}
