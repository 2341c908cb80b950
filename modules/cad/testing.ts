import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createTestContext } from '../../tests/support/moduleContext.js';
import type { ArtifactRef } from '../artifacts.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Path of a file in `tests/fixtures/step`. */
export const fixture = (name: string) => path.join(root, 'tests/fixtures/step', name);

/** Path of a STEP file that ships with occt-import-js, for example `cax-if/as1-oc-214.stp`. */
export const shipped = (name: string) => path.join(root, 'node_modules/occt-import-js/test/testfiles', name);

/** All STEP files that ship with occt-import-js, without copies of the same content. */
export async function allShipped(): Promise<string[]> {
  const names = await readdir(shipped('.'), { recursive: true });
  return names.filter((name) => /\.(?:stp|step)$/i.test(name) && !name.includes('as1-oc-214/')).sort();
}

export async function known(): Promise<Record<string, KnownFile>> {
  return JSON.parse(await readFile(fixture('known.json'), 'utf8'));
}

export interface KnownFile {
  declaredUnit: string;
  bbox_mm: { min: number[]; max: number[] };
  partInstances: number;
  uniqueParts: number;
  volume_mm3: number;
  area_mm2: number;
  assemblies: number;
  parts: {
    name: string;
    instances: number;
    color: string;
    faceColors: string[];
    volume_mm3: number;
    area_mm2: number;
  }[];
}

export type TestContext = Awaited<ReturnType<typeof createTestContext>>;

/** A module context with a STEP file in its store. */
export async function contextWithStep(source: string | Uint8Array): Promise<{ test: TestContext; step: ArtifactRef }> {
  const test = await createTestContext();
  const content = typeof source === 'string' ? createReadStream(source) : Readable.from([Buffer.from(source)]);
  const bytes: Buffer[] = [];
  for await (const chunk of content) bytes.push(chunk as Buffer);
  const fileName = typeof source === 'string' ? path.basename(source) : 'awkward.step';
  const step = await test.ctx.artifacts.write({
    role: 'step_source',
    mediaType: 'model/step',
    fileName,
    from: { bytes: Buffer.concat(bytes) },
  });
  return { test, step };
}

/** Errors the Khronos validator finds in a GLB, as `CODE pointer`. */
export async function gltfErrors(bytes: Uint8Array): Promise<string[]> {
  const validator = createRequire(import.meta.url)('gltf-validator') as {
    validateBytes(
      bytes: Uint8Array,
    ): Promise<{ issues: { messages: { severity: number; code: string; pointer?: string }[] } }>;
  };
  const { issues } = await validator.validateBytes(new Uint8Array(bytes));
  return issues.messages
    .filter(({ severity }) => severity === 0)
    .map(({ code, pointer }) => `${code} ${pointer ?? ''}`);
}
