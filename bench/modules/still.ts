import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JsonObject } from '../../modules/json.js';
import { MODULES } from '../../modules/registry.js';
import { findBlender, pythonFile } from '../../modules/render/blender.js';
import { createTestContext } from '../../tests/support/moduleContext.js';
import { firstThings } from '../../tests/support/moduleSamples.js';
import { median, summary, timed } from '../measure.js';
import type { Comparison } from './comparison.js';

const STILLS = 3;
/** Too large for a resident Blender, which would be another comparison. */
const PARAMS: JsonObject = { resolution: { width: 512, height: 512 }, samples: 24 };

/** A still by its module beside the very same script and job in a bare `blender -b`: what everything around Blender costs. */
export async function stillBench(print: (line: string) => void): Promise<Comparison[]> {
  const blender = (await findBlender())!;
  const test = await createTestContext();
  const { ctx } = test;
  try {
    const { stepSource, materialLibrary, templateLibrary } = await firstThings(ctx.artifacts, '');
    const run = (key: keyof typeof MODULES, inputs: object, params: JsonObject = {}) => {
      const module = MODULES[key];
      return module.run(ctx, inputs as never, module.params.parse(params) as never) as Promise<Record<string, never>>;
    };
    const { step } = await run('cad.resolve_step_path', { source: stepSource });
    const [{ objects }, { bbox }, { glb }, { template }] = await Promise.all([
      run('cad.extract_objects', { step }),
      run('cad.compute_bbox', { step }),
      run('cad.export_glb', { step }),
      run('render.resolve_template', { templateLibrary }),
    ]);
    const { map } = await run('materials.resolve_map', { objects, materialLibrary });
    const still = () => run('render.blender_still', { glb, map, template, bbox }, PARAMS);

    await still();
    const job = path.join(ctx.workdir, 'bare.json');
    await writeFile(job, await readFile(path.join(ctx.workdir, 'job.json')));
    const byModule: number[] = [];
    const bare: number[] = [];
    // In turns, so that both see the same machine.
    for (let i = 0; i < STILLS; i++) {
      byModule.push(await timed(still));
      bare.push(await timed(() => runBare(blender, job)));
    }
    print(`A still of the bearing, 512 px, 24 samples, ${STILLS} times: median (least to most)`);
    print(`  render.blender_still  ${summary(byModule)}`);
    print(`  bare blender -b  ${summary(bare)}`);
    print(`  module ÷ bare  ${(median(byModule) / median(bare)).toFixed(3)}`);
    return [
      {
        what: 'a still, 512 px',
        ours: median(byModule),
        beside: 'the same script in bare blender -b',
        theirs: median(bare),
      },
    ];
  } finally {
    await test.cleanup();
  }
}

async function runBare(blender: string, job: string): Promise<void> {
  const args = ['-b', '--factory-startup', '--python-exit-code', '3', '-P', pythonFile('picture.py'), '--', job];
  const child = spawn(blender, args, {
    stdio: 'ignore',
    env: { PATH: '/usr/bin:/bin', HARTOMAT_PARENT: String(process.pid) },
  });
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error(`Bare Blender ended with status ${status}.`);
}
