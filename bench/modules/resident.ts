import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { exportGlb } from '../../modules/cad/export_glb.js';
import { THUMBNAIL_SAMPLES } from '../../modules/cad/render_thumbnail.js';
import type { JsonObject } from '../../modules/json.js';
import { runBlender } from '../../modules/render/blender.js';
import { neutralStudio } from '../../modules/render/neutralStudio.js';
import { ResidentBlenders } from '../../modules/render/residentBlender.js';
import { type Scene, sceneJob } from '../../modules/render/scene.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { median, summary, timed } from '../measure.js';
import type { Comparison } from './comparison.js';

const STEP = new URL('../../tests/fixtures/step/bearing-6205.step', import.meta.url);
const PICTURES = 10;

/** Small stills, as thumbnails and previews are, by a Blender that stays beside those by a Blender of their own: alternately, so that both see the same machine. */
export async function residentBench(print: (line: string) => void): Promise<Comparison[]> {
  const test = await createTestContext();
  const residents = new ResidentBlenders();
  try {
    const step = await test.ctx.artifacts.write({
      role: 'step_source',
      mediaType: 'model/step',
      fileName: 'bearing-6205.step',
      from: { bytes: await readFile(STEP) },
    });
    const { glb } = await exportGlb.spec.run(test.ctx, { step }, exportGlb.spec.params.parse({}));
    const scene: Scene = {
      glb: test.fileOf(glb),
      template: neutralStudio,
      materials: null,
      resolution: { width: 256, height: 256 },
      engine: 'cycles',
      samples: THUMBNAIL_SAMPLES,
      seed: 0,
      denoise: true,
      camera: {},
      framing: 'product',
      upAxis: '+z',
      bboxMm: null,
      edgeRadius: 0,
    };
    const job = (output: string) => ({
      script: 'picture.py',
      job: { scene: sceneJob(scene), output, shadow: null } as unknown as JsonObject,
    });
    const first = await timed(() => residents.run(test.ctx, job(path.join(test.ctx.workdir, 'first.png'))));
    const warm: number[] = [];
    const cold: number[] = [];
    for (let i = 0; i < PICTURES; i++) {
      warm.push(await timed(() => residents.run(test.ctx, job(path.join(test.ctx.workdir, 'warm.png')))));
      cold.push(await timed(() => runBlender(test.ctx, job(path.join(test.ctx.workdir, 'cold.png')))));
    }
    print(
      `${PICTURES} small stills of the bearing warm, ${PICTURES} cold, 256 px, ${THUMBNAIL_SAMPLES} samples: median (least to most)`,
    );
    print(`  resident Blender  ${summary(warm)}; its first ${Math.round(first)}`);
    print(`  Blender of its own  ${summary(cold)}`);
    print(`  resident ÷ own  ${(median(warm) / median(cold)).toFixed(2)}`);
    return [
      {
        what: 'a small still, 256 px, warm',
        ours: median(warm),
        beside: 'cold: a Blender of its own',
        theirs: median(cold),
      },
    ];
  } finally {
    await residents.close();
    await test.cleanup();
  }
}
