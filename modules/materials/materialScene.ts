import { z } from 'zod';
import { type BlenderContext, runBlender } from '../render/blender.js';

const Facts = z.object({ names: z.array(z.string()), material: z.string() });

/** Looks into a .blend file with Blender: which materials it has, and whether `material` (null: the only one) may be used.
 * @param path - local path of the file; its name does not matter.
 * @throws {ModuleError} `BLEND_UNREADABLE`, `MATERIAL_NOT_IN_FILE` and `MATERIAL_NAME_NEEDED` (both name what there is),
 * `MATERIAL_HAS_SCRIPTS`, `MATERIAL_IMAGE_NOT_PACKED`, `MATERIAL_FILE_OUTSIDE`, or what `runBlender` throws. */
export async function inspectMaterialScene(
  ctx: BlenderContext,
  path: string,
  material: string | null,
): Promise<z.output<typeof Facts>> {
  return Facts.parse(
    await runBlender(ctx, {
      script: 'inspect_material.py',
      job: { path, material },
      memoryLimitMb: 4096,
      timeLimitMs: 60_000,
    }),
  );
}
