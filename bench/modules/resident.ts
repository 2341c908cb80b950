import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ArtifactRef } from '../../modules/artifacts.js';
import { exportGlb } from '../../modules/cad/export_glb.js';
import { renderThumbnail, thumbnailScene } from '../../modules/cad/render_thumbnail.js';
import type { JsonObject } from '../../modules/json.js';
import { runBlender } from '../../modules/render/blender.js';
import { residentBlenders } from '../../modules/render/residentBlender.js';
import { sceneJob } from '../../modules/render/scene.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { median, summary, timed } from '../measure.js';
import type { Comparison } from './comparison.js';

const FIXTURES = new URL('../../tests/fixtures/step/', import.meta.url);
const NAMES = ['bearing-6205', 'conveyor-48'];
const PICTURES = 10;

type Context = Awaited<ReturnType<typeof createTestContext>>;

/** Thumbnails by their module, which keeps a Blender, beside the same pictures by a Blender of their own: alternately, so that both
 * see the same machine. */
export async function residentBench(print: (line: string) => void): Promise<Comparison[]> {
  const test = await createTestContext();
  try {
    const { sizePx } = renderThumbnail.spec.params.parse({});
    print(`${PICTURES} thumbnails warm, ${PICTURES} cold, ${sizePx} px: median (least to most)`);
    const found: Comparison[] = [];
    for (const name of NAMES) found.push(await compare(test, name, sizePx, print));
    return found;
  } finally {
    await residentBlenders.close();
    await test.cleanup();
  }
}

async function compare(test: Context, name: string, sizePx: number, print: (line: string) => void) {
  const glb = await glbOf(test, name);
  const job = {
    scene: sceneJob(thumbnailScene(test.fileOf(glb), sizePx)),
    output: path.join(test.ctx.workdir, 'cold.png'),
    shadow: null,
  } as unknown as JsonObject;
  const thumbnail = () => renderThumbnail.spec.run(test.ctx, { glb }, { sizePx });
  await thumbnail();
  const warm: number[] = [];
  const cold: number[] = [];
  for (let i = 0; i < PICTURES; i++) {
    warm.push(await timed(thumbnail));
    cold.push(await timed(() => runBlender(test.ctx, { script: 'picture.py', job })));
  }
  print(`  ${name}: cad.render_thumbnail  ${summary(warm)}`);
  print(`  ${name}: a Blender of its own  ${summary(cold)}`);
  return {
    what: `a thumbnail, ${sizePx} px, ${name}`,
    ours: median(warm),
    beside: 'cold: a Blender of its own',
    theirs: median(cold),
  };
}

async function glbOf(test: Context, name: string): Promise<ArtifactRef> {
  const step = await test.ctx.artifacts.write({
    role: 'step_source',
    mediaType: 'model/step',
    fileName: `${name}.step`,
    from: { bytes: await readFile(new URL(`${name}.step`, FIXTURES)) },
  });
  return (await exportGlb.spec.run(test.ctx, { step }, exportGlb.spec.params.parse({}))).glb;
}
