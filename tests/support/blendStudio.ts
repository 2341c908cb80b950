import path from 'node:path';
import { type BlenderContext, runBlender } from '../../modules/render/blender.js';

export type StudioFault =
  | 'no stand'
  | 'registered text'
  | 'script driver'
  | 'freestyle'
  | 'image outside'
  | 'linked library'
  | 'volume outside'
  | 'clip outside'
  | 'sound outside'
  | 'mesh cache'
  | 'fluid'
  | 'particle cache'
  | 'light profile'
  | 'camera away'
  | 'camera off the rig';

/** Makes a .blend file of a small studio with Blender: camera "Shot" on "Rig", camera "Above", stand "Product", collection "Backdrop"
 * with a green wall, material "paint_blue".
 * @param surroundings - brightness of a packed .hdr picture that lights it; null: a sun does.
 * @returns its path, and the path of a file that its scripts would make if they ran. */
export async function makeBlendStudio(
  ctx: BlenderContext,
  faults: StudioFault[] = [],
  surroundings: number | null = null,
): Promise<{ file: string; marker: string }> {
  const file = path.join(ctx.workdir, 'studio.blend');
  const { marker } = await runBlender(ctx, {
    script: '../../../tests/fixtures/blender/make_studio.py',
    job: { output: file, faults, surroundings },
  });
  return { file, marker: String(marker) };
}
