import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { artifactPort, defineModule } from '../define.js';

const STEP_MEDIA_TYPE = 'model/step';

/** Finds the run's CAD file and vouches for it: real STEP, complete, within limits. Everything after may rely on that. */
export const resolveStepPath = defineModule({
  key: 'cad.resolve_step_path',
  version: 3,
  title: 'Resolve STEP file',
  description:
    'Takes the CAD file of the run and checks that it is a complete STEP file of a size and structure that can be worked with.',
  families: ['cad_file', 'order_line'],
  inputs: {
    source: artifactPort('step_source', STEP_MEDIA_TYPE, {
      description: 'The CAD file as it was uploaded.',
      entry: 'stepSource',
    }),
  },
  outputs: {
    step: artifactPort('step_source', STEP_MEDIA_TYPE, {
      description: 'The checked CAD file; its metadata names unit, schema, products, instances and missing files.',
    }),
  },
  params: z.object({}),
  execution: {
    capability: 'cad',
    determinism: 'pure',
    timeoutMs: 120_000,
    retry: { attempts: 2, backoffMs: 2000 },
  },
  legacySource: 'setup',
  handsOn: { step: 'source' },
  async run(ctx, { source }) {
    const { checkSize } = await import('./stepText.js');
    const { cadReaders } = await import('./occt.js');
    checkSize(source.byteSize);
    const stepPath = await ctx.artifacts.path(source);
    const { facts, warnings } = await cadReaders.run(
      { op: 'inspect', stepPath, sha256: source.sha256 },
      { signal: ctx.signal, onProgress: (fraction, message) => ctx.progress(fraction, message) },
    );
    for (const warning of warnings) ctx.log('warn', warning);
    const externalFiles = facts.externalFiles as string[];
    if (externalFiles.length > 0) {
      ctx.log('warn', `The file refers to other files that were not uploaded: ${externalFiles.join(', ')}.`, {
        externalFiles,
      });
    }
    // The store takes over what it is given, so it gets a copy (a cheap one where the file system can share blocks).
    const copy = path.join(ctx.workdir, 'source.step');
    await copyFile(stepPath, copy, constants.COPYFILE_FICLONE);
    ctx.progress(0.9, 'Storing the file');
    const step = await ctx.artifacts.write({
      role: 'step_source',
      mediaType: STEP_MEDIA_TYPE,
      fileName: source.fileName,
      metadata: { ...facts, warnings },
      from: { path: copy },
    });
    ctx.progress(1, `${facts.productCount} products, ${facts.instanceCount} instances`);
    return { step };
  },
});
