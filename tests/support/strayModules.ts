import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { ModuleContext } from '../../modules/context.js';
import { dataPort, defineModule, FAMILIES } from '../../modules/define.js';

// Modules that break the contract every module has, to show that it would be seen.

const stray = <Shape extends z.ZodRawShape>(
  name: string,
  params: z.ZodObject<Shape>,
  run: (ctx: ModuleContext, params: z.output<z.ZodObject<Shape>>) => Promise<unknown>,
) =>
  defineModule({
    key: `stray.${name}`,
    version: 1,
    title: 'Stray',
    description: 'Breaks its contract.',
    families: [...FAMILIES],
    inputs: {},
    outputs: { out: dataPort(z.string(), { description: 'Nothing.' }) },
    params,
    execution: {
      capability: 'cpu',
      determinism: 'volatile',
      timeoutMs: 60_000,
      retry: { attempts: 1, backoffMs: 10 },
    },
    legacySource: null,
    run: async (ctx, _inputs, params) => {
      await run(ctx, params as z.output<z.ZodObject<Shape>>);
      return { out: '' };
    },
  });

const File = z.object({ file: z.string().default('') });
const Stop = z.object({ lateMs: z.number().default(0) });

export const MODULES = Object.fromEntries(
  [
    stray('keeps_to_workdir', File, async (ctx) => {
      await writeFile(path.join(ctx.workdir, 'file'), 'x');
    }),
    stray('writes_briefly', File, async (_ctx, { file }) => {
      await writeFile(file, 'x');
      await rm(file);
    }),
    stray('lets_a_child_write', File, async (_ctx, { file }) => {
      await promisify(execFile)('sh', ['-c', 'echo x > "$1"', 'sh', file]);
    }),
    stray('stops_late', Stop, async (ctx, { lateMs }) => {
      ctx.progress(0.1);
      await sleep(60_000, undefined, { signal: ctx.signal }).catch(() => {});
      await sleep(lateMs);
    }),
    stray('leaves_a_child', Stop, async (ctx, { lateMs }) => {
      execFile('sleep', [String(lateMs / 1000)]);
      ctx.progress(0.1);
      await sleep(60_000, undefined, { signal: ctx.signal });
    }),
  ].map((module) => [module.key, module]),
);
