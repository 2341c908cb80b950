import { open } from 'node:fs/promises';
import { z } from 'zod';
import { ModuleError } from '../errors.js';
import type { TemplateInterface } from '../shapes/renderTemplate.js';
import { type BlenderContext, runBlender } from './blender.js';

/** Time to open and look through a file; a studio takes a second or two. */
const TIME_LIMIT_MS = 60_000;
const MEMORY_LIMIT_MB = 6144;

/** A .blend file begins so, plain or compressed by gzip (before Blender 3) or zstd. */
const MAGIC = [Buffer.from('BLENDER'), Buffer.from([0x1f, 0x8b]), Buffer.from([0x28, 0xb5, 0x2f, 0xfd])];

/** What a person says of the interface; what is left out is looked for under its usual name. */
export type DeclaredInterface = Partial<Omit<TemplateInterface, 'referenceSizeM'>>;

const Names = z.array(z.string());
const Report = z.object({
  findings: z.array(z.object({ code: z.string(), message: z.string(), path: z.string() })),
  interface: z.object({
    camera: z.string().nullable(),
    stand: z.string().nullable(),
    rig: z.string().nullable(),
    backdrop: Names,
    materials: Names,
  }),
  there: z.object({ cameras: Names, empties: Names, collections: Names, objects: Names, materials: Names }),
  blenderVersion: z.string(),
  fileVersion: z.string(),
});
/** `findings` is what keeps the file from being a template; empty: it is one. `there` names what the file has to offer. */
export type TemplateReport = z.output<typeof Report>;

/** Opens a .blend file with scripts off, in a Blender with limits, and says whether it can be a render template.
 * @throws {ModuleError} `TEMPLATE_NOT_BLEND`, `TEMPLATE_UNREADABLE`, or what `runBlender` throws. */
export async function checkTemplateFile(
  ctx: BlenderContext,
  file: string,
  declared: DeclaredInterface,
  turns: 'product' | 'rig',
): Promise<TemplateReport> {
  if (!(await looksLikeBlend(file)))
    throw new ModuleError('TEMPLATE_NOT_BLEND', 'This is not a Blender file (.blend).', 'input', { path: '/file' });
  const facts = await runBlender(ctx, {
    script: 'check_template.py',
    job: { file, interface: JSON.parse(JSON.stringify(declared)), turns },
    timeLimitMs: TIME_LIMIT_MS,
    memoryLimitMb: MEMORY_LIMIT_MB,
  });
  return Report.parse(facts);
}

async function looksLikeBlend(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const head = Buffer.alloc(8);
    await handle.read(head, 0, head.length, 0);
    return MAGIC.some((magic) => head.subarray(0, magic.length).equals(magic));
  } finally {
    await handle.close();
  }
}
