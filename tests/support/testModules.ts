import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { artifactPort, dataPort, defineModule, FAMILIES, type ProductionModule } from '../../modules/define.js';
import { ModuleError } from '../../modules/errors.js';
import { lookupIn } from '../../workflow/nodeDefinition.js';

const value = (description: string) => dataPort(z.string(), { description, required: false, many: true });
const base = {
  version: 1,
  title: 'Test',
  description: 'For tests of the engine.',
  families: [...FAMILIES],
  legacySource: null,
  inputs: { in: value('Texts of the predecessors.') },
  outputs: { out: dataPort(z.string(), { description: 'A text.' }) },
};
const execution = {
  capability: 'cpu' as const,
  determinism: 'effect' as const,
  timeoutMs: 30_000,
  retry: { attempts: 1, backoffMs: 10 },
};

/** How often each node ran, by `<run>/<node>`, in this process. */
export const ran = new Map<string, number>();
const count = (key: string) => ran.set(key, (ran.get(key) ?? 0) + 1);

/** Gates that nodes of this process wait at. */
const openGates = new Set<string>();

/** Lets nodes go on that wait at this gate, now and later. */
export const openGate = (name: string) => void openGates.add(name);

/** How often each piece was made, by `<salt>/<number>`, in this process. */
export const pieces = new Map<string, number>();

/** Makes numbered pieces one by one, and breaks once before it makes number `breaksAt`. */
const piece = defineModule({
  ...base,
  key: 'test.piece',
  outputs: { pieces: artifactPort('turntable_frame', 'text/plain', { description: 'The pieces.', many: true }) },
  params: z.object({
    salt: z.string().default(''),
    first: z.number().default(0),
    count: z.number().default(1),
    breaksAt: z.number().default(-1),
    failureClass: z.enum(['input', 'transient']).default('transient'),
    waits: z.boolean().default(false),
  }),
  // Heavy: light ones that were quick so far are run ahead of their claim, which would count as the try that breaks.
  execution: { ...execution, capability: 'cad', determinism: 'pure', retry: { attempts: 3, backoffMs: 10 } },
  async run(ctx, _inputs, { salt, first, count: many, breaksAt, failureClass, waits }) {
    const made = [];
    for (let number = first; number < first + many; number++) {
      const name = `piece-${number}`;
      const kept = await ctx.checkpoints.get(name);
      if (!kept && number === breaksAt && pieces.get(`${salt}/broken`) === undefined) {
        pieces.set(`${salt}/broken`, 1);
        if (waits) await sleep(60_000, undefined, { signal: ctx.signal });
        throw new ModuleError('PIECE_BROKEN', 'A piece broke.', failureClass);
      }
      if (!kept) pieces.set(`${salt}/${number}`, (pieces.get(`${salt}/${number}`) ?? 0) + 1);
      const file =
        kept ??
        (await ctx.artifacts.write({
          role: 'turntable_frame',
          mediaType: 'text/plain',
          fileName: `${name}.txt`,
          from: { text: String(number) },
        }));
      await ctx.checkpoints.put(name, file);
      ctx.progress((number - first + 1) / many, name);
      made.push(file);
    }
    return { pieces: made };
  },
});

const modules = {
  /** Shares its pieces out and lists them. */
  puzzle: defineModule({
    ...base,
    key: 'test.puzzle',
    inputs: {
      ...base.inputs,
      pieces: artifactPort('turntable_frame', 'text/plain', { description: 'Pieces.', many: true, required: false }),
    },
    outputs: {
      ...base.outputs,
      pieces: artifactPort('turntable_frame', 'text/plain', { description: 'The same.', many: true }),
    },
    params: z.object({
      salt: z.string().default(''),
      total: z.number().default(6),
      perPart: z.number().default(2),
      breaksAt: z.number().default(-1),
      failureClass: z.enum(['input', 'transient']).default('transient'),
      waits: z.boolean().default(false),
    }),
    execution,
    fanOut: {
      module: piece,
      from: 'pieces',
      into: 'pieces',
      unit: 'pieces',
      parts(params) {
        const { total, perPart, ...rest } = params as { total: number; perPart: number };
        return Array.from({ length: Math.ceil(total / perPart) }, (_, i) => {
          const first = i * perPart;
          const size = Math.min(perPart, total - first);
          return { label: `Pieces ${first}–${first + size - 1}`, size, params: { ...rest, first, count: size } };
        });
      },
    },
    async run(ctx, inputs) {
      count(ctx.idempotencyKey);
      const found = inputs.pieces ?? [];
      return { out: found.map(({ fileName }) => fileName).join('+'), pieces: found };
    },
  }),
  /** Joins its inputs and appends its text. */
  join: defineModule({
    ...base,
    key: 'test.join',
    params: z.object({ text: z.string().default('') }),
    execution,
    async run(ctx, inputs, { text }) {
      count(ctx.idempotencyKey);
      return { out: [...(inputs.in ?? []), text].join('+') };
    },
  }),
  /** The same, pure: answered from the result cache. */
  pure_join: defineModule({
    ...base,
    key: 'test.pure_join',
    params: z.object({ text: z.string().default('') }),
    execution: { ...execution, determinism: 'pure' },
    async run(ctx, inputs, { text }) {
      count(ctx.idempotencyKey);
      return { out: [...(inputs.in ?? []), text].join('+') };
    },
  }),
  /** The same on the queue of heavy work. */
  heavy_join: defineModule({
    ...base,
    key: 'test.heavy_join',
    params: z.object({ text: z.string().default('') }),
    execution: { ...execution, capability: 'cad' },
    async run(ctx, inputs, { text }) {
      count(ctx.idempotencyKey);
      return { out: [...(inputs.in ?? []), text].join('+') };
    },
  }),
  /** The same, without effects and never kept: quick ones run ahead of their claim. */
  quick_join: defineModule({
    ...base,
    key: 'test.quick_join',
    params: z.object({ text: z.string().default(''), failsFirst: z.boolean().default(false) }),
    execution: { ...execution, determinism: 'volatile' },
    async run(ctx, inputs, { text, failsFirst }) {
      count(ctx.idempotencyKey);
      if (failsFirst && ran.get(ctx.idempotencyKey) === 1) throw new ModuleError('NOT_YET', 'Not yet.', 'transient');
      return { out: [...(inputs.in ?? []), text].join('+') };
    },
  }),
  /** Waits until it is told to stop, for `ms`, or for the gate that is named. */
  wait: defineModule({
    ...base,
    key: 'test.wait',
    params: z.object({ ms: z.number().default(60_000), gate: z.string().default('') }),
    execution: { ...execution, timeoutMs: 600_000 },
    async run(ctx, _inputs, { ms, gate }) {
      ctx.progress(0.5, 'waiting');
      if (gate === '') await sleep(ms, undefined, { signal: ctx.signal });
      else while (!openGates.has(gate)) await sleep(10, undefined, { signal: ctx.signal });
      return { out: 'waited' };
    },
  }),
  /** Fails `times` times, then succeeds. */
  flaky: defineModule({
    ...base,
    key: 'test.flaky',
    params: z.object({
      times: z.number().default(1),
      failureClass: z.enum(['input', 'transient']).default('transient'),
      fillsDisk: z.boolean().default(false),
    }),
    execution: { ...execution, retry: { attempts: 3, backoffMs: 10 } },
    async run(ctx, _inputs, { times, failureClass, fillsDisk }) {
      count(ctx.idempotencyKey);
      ctx.progress(0.4, 'trying');
      ctx.log('info', `try ${ran.get(ctx.idempotencyKey)} \0 \ud800`);
      const fails = ran.get(ctx.idempotencyKey)! <= times;
      if (fails && fillsDisk) await writeFile('/dev/full', 'x');
      if (fails) throw new ModuleError('FLAKY', 'It did not work this time.', failureClass);
      return { out: 'at last' };
    },
  }),
  /** Throws something nobody declared. */
  crash: defineModule({
    ...base,
    key: 'test.crash',
    params: z.object({}),
    execution,
    async run(): Promise<{ out: string }> {
      throw new TypeError('a bug with a secret in it');
    },
  }),
  /** Publishes a small file. */
  publish: defineModule({
    ...base,
    key: 'test.publish',
    outputs: { asset: artifactPort('published_asset', 'text/plain', { description: 'The delivered file.' }) },
    params: z.object({ name: z.string().default('hello.txt') }),
    execution: { ...execution, capability: 'io' },
    async run(ctx, _inputs, { name }) {
      count(ctx.idempotencyKey);
      return {
        asset: await ctx.artifacts.write({
          role: 'published_asset',
          mediaType: 'text/plain',
          fileName: name,
          metadata: { kind: 'text' },
          from: { text: 'hello' },
        }),
      };
    },
  }),
  /** Hands over a reference the database cannot store. */
  unrecordable: defineModule({
    ...base,
    key: 'test.unrecordable',
    outputs: { asset: artifactPort('published_asset', 'text/plain', { description: 'A broken reference.' }) },
    params: z.object({}),
    execution,
    async run(ctx) {
      const asset = await ctx.artifacts.write({
        role: 'published_asset',
        mediaType: 'text/plain',
        fileName: 'x.txt',
        from: { text: 'x' },
      });
      return { asset: { ...asset, id: 'not-a-uuid' } };
    },
  }),
} satisfies Record<string, ProductionModule>;

/** Node definitions of the modules above, by step. */
export const testDefinition = lookupIn(
  Object.fromEntries(
    Object.entries(modules).map(([step, module]) => [
      step,
      { step, module, label: step, description: '', category: 'test', icon: 'circle', uiSchema: {} },
    ]),
  ),
);

type TestNode = string | { step: string; params?: Record<string, unknown>; [field: string]: unknown };

/** A graph of test nodes: `{ a: 'join', b: { step: 'wait' } }`, edges as `'a>b'`. */
export function testGraph(nodes: Record<string, TestNode>, edges: string[]) {
  return {
    format: 1 as const,
    family: 'cad_file' as const,
    nodes: Object.entries(nodes).map(([id, node]) => ({ id, ...(typeof node === 'string' ? { step: node } : node) })),
    edges: edges.map((edge) => {
      const [from = '', to = ''] = edge.split('>');
      return { from: { node: from, port: 'out' }, to: { node: to, port: 'in' } };
    }),
  };
}
