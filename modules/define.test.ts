import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { artifactPort, dataPort, defineModule, type ModuleSpec, type Ports } from './define.js';
import { MODULES } from './registry.js';
import { removed, renamed } from './upgrades.js';

const declare = (changes: Partial<ModuleSpec<Ports, Ports, z.ZodObject>> = {}) =>
  defineModule({
    key: 'test.one',
    version: 2,
    title: 'One',
    description: 'A module.',
    families: ['cad_file'],
    inputs: { step: artifactPort('step_source', 'model/step', { description: 'A file.' }) } as Ports,
    outputs: { total: dataPort(z.number(), { description: 'A number.' }) } as Ports,
    params: z.object({ size: z.number().min(1).max(9).default(3) }) as z.ZodObject,
    execution: { capability: 'cpu', determinism: 'pure', timeoutMs: 1000, retry: { attempts: 1, backoffMs: 0 } },
    legacySource: null,
    upgrades: { 1: [renamed('width', 'size')] },
    run: async () => ({ total: 1 }),
    ...changes,
  });

describe('the etag of a contract', () => {
  const base = declare();
  const { execution } = base;
  const file = { description: 'A file.' };
  const changes: Record<string, Parameters<typeof declare>[0]> = {
    key: { key: 'test.other' },
    version: { version: 3 },
    title: { title: 'Two' },
    description: { description: 'Another module.' },
    families: { families: ['cad_file', 'order_line'] },
    'another input': {
      inputs: { step: artifactPort('step_source', 'model/step', file), more: dataPort(z.string(), file) },
    },
    'role of a port': { inputs: { step: artifactPort('glb_model', 'model/step', file) } },
    'media type of a port': { inputs: { step: artifactPort('step_source', 'model/x', file) } },
    'need of a port': { inputs: { step: artifactPort('step_source', 'model/step', { ...file, required: false }) } },
    'entry slot of a port': {
      inputs: { step: artifactPort('step_source', 'model/step', { ...file, entry: 'stepSource' }) },
    },
    'how many a port takes': {
      inputs: { step: artifactPort('step_source', 'model/step', { ...file, many: true }) },
    },
    'what it hands on': { handsOn: { total: 'step' } },
    'schema of a port': { outputs: { total: dataPort(z.string(), { description: 'A number.' }) } },
    'a default': { params: z.object({ size: z.number().min(1).max(9).default(4) }) },
    'a bound': { params: z.object({ size: z.number().min(1).max(10).default(3) }) },
    'a new param': {
      params: z.object({ size: z.number().min(1).max(9).default(3), more: z.boolean().default(false) }),
    },
    capability: { execution: { ...execution, capability: 'io' } },
    determinism: { execution: { ...execution, determinism: 'effect' } },
    'time limit': { execution: { ...execution, timeoutMs: 2000 } },
    retries: { execution: { ...execution, retry: { attempts: 2, backoffMs: 0 } } },
    'legacy source': { legacySource: 'old_step' },
    upgrades: { upgrades: { 1: [removed('width', 'it is gone')] } },
  };

  it('is the same for the same declaration, whatever its program does', () => {
    expect(base.etag).toMatch(/^[0-9a-f]{64}$/);
    expect(declare({ run: async () => ({ total: 2 }) }).etag).toBe(base.etag);
  });

  it.each(Object.entries(changes))('changes with: %s', (_, change) => {
    expect(declare(change).etag).not.toBe(base.etag);
  });

  it('changes with the module that makes its parts', () => {
    const gathering = (title: string) =>
      declare({
        inputs: {
          step: artifactPort('step_source', 'model/step', file),
          totals: dataPort(z.number(), { description: 'Of the parts.', required: false, many: true }),
        },
        fanOut: { module: declare({ title }), from: 'total', into: 'totals', unit: 'parts', parts: () => [] },
      }).etag;
    expect(gathering('One')).toBe(gathering('One'));
    expect(gathering('Two')).not.toBe(gathering('One'));
  });

  it('is the same in every process', async () => {
    const script = `import('./modules/registry.ts').then(({ MODULES }) => console.log(JSON.stringify(Object.values(MODULES).map(({ etag }) => etag))))`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '-e', script], {
      cwd: new URL('..', import.meta.url),
    });
    expect(JSON.parse(stdout)).toEqual(Object.values(MODULES).map(({ etag }) => etag));
  });
});

describe('defineModule', () => {
  it('refuses versions and upgrades that make no sense', () => {
    expect(() => declare({ version: 0 })).toThrow('whole number from 1');
    expect(() => declare({ version: 1 })).toThrow('an upgrade from version 1 leads nowhere');
    expect(() => declare({ upgrades: { 0: [] } })).toThrow('an upgrade from version 0 leads nowhere');
  });
});
