import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { z } from 'zod';
import { artifactPort, dataPort, defineModule, FAMILIES, type ProductionModule } from '../../modules/define.js';
import { ModuleError } from '../../modules/errors.js';
import { GRAPH_FORMAT, WorkflowGraph } from '../../workflow/graph.js';
import { lookupIn } from '../../workflow/nodeDefinition.js';

// Small modules that make few different things of many, so that what they make is often there already.

const base = { version: 1, description: 'For tests of preflights.', families: [...FAMILIES], legacySource: null };
const execution = { determinism: 'pure', timeoutMs: 30_000, retry: { attempts: 1, backoffMs: 10 } } as const;
const texts = { texts: dataPort(z.string(), { description: 'Texts.', required: false, many: true }) };
const text = { text: dataPort(z.string(), { description: 'A text.' }) };
const file = { file: artifactPort('preview_thumbnail', 'text/plain', { description: 'A file.' }) };
const params = z.object({ salt: z.int().default(0) });

/** One of two texts. */
const digest = (parts: readonly string[], salt: number) =>
  String([...parts.join(' '), salt].reduce<number>((sum, part) => sum + (Number(part) || 0), 0) % 2);

const early = defineModule({
  ...base,
  key: 'test.early',
  title: 'Early',
  inputs: texts,
  outputs: text,
  params: params.extend({ fails: z.boolean().default(false) }),
  execution: { ...execution, capability: 'cpu' },
  async run(_ctx, inputs, { salt, fails }) {
    if (fails) throw new ModuleError('TEXT_REFUSED', 'Not with this text.', 'input');
    return { text: digest(inputs.texts ?? [], salt) };
  },
});
/** As it is not tried out beforehand. */
const late = defineModule({
  ...base,
  key: 'test.late',
  title: 'Late',
  inputs: texts,
  outputs: text,
  params,
  execution: { ...execution, capability: 'cad' },
  async run(_ctx, inputs, { salt }) {
    await sleep(salt * 2);
    return { text: digest(inputs.texts ?? [], salt) };
  },
});
const write = defineModule({
  ...base,
  key: 'test.write',
  title: 'Write',
  inputs: texts,
  outputs: file,
  params,
  execution: { ...execution, capability: 'cad' },
  async run(ctx, inputs, { salt }) {
    const from = { text: digest(inputs.texts ?? [], salt) };
    const named = { role: 'preview_thumbnail', mediaType: 'text/plain', fileName: 'text.txt' } as const;
    return { file: await ctx.artifacts.write({ ...named, from }) };
  },
});
const handOn = (key: string, capability: 'cpu' | 'cad') =>
  defineModule({
    ...base,
    key,
    title: 'Hand on',
    inputs: file,
    outputs: file,
    params,
    execution: { ...execution, capability },
    handsOn: { file: 'file' },
    run: async (_ctx, { file: given }) => ({ file: given }),
  });
const read = defineModule({
  ...base,
  key: 'test.read',
  title: 'Read',
  inputs: file,
  outputs: text,
  params,
  execution: { ...execution, capability: 'cpu' },
  run: async (_ctx, { file: given }, { salt }) => ({ text: digest([given.sha256.slice(0, 2)], salt) }),
});
const tell = defineModule({
  ...base,
  key: 'test.tell',
  title: 'Tell',
  inputs: texts,
  outputs: text,
  params,
  execution: { ...execution, capability: 'io', determinism: 'effect' },
  run: async (_ctx, inputs, { salt }) => ({ text: digest(inputs.texts ?? [], salt) }),
});

const MODULES: Record<string, ProductionModule> = {
  early,
  late,
  write,
  read,
  tell,
  hand_on: handOn('test.hand_on', 'cpu'),
  carry_on: handOn('test.carry_on', 'cad'),
};
export const foreseenDefinition = lookupIn(
  Object.fromEntries(
    Object.entries(MODULES).map(([step, module]) => [
      step,
      { step, module, label: step, description: '', category: 'test', icon: 'circle', uiSchema: {} },
    ]),
  ),
);

interface Drawn {
  step: string;
  salt: number;
  fails: boolean;
  onFailure: 'halt' | 'continue';
  /** Nodes it takes from, as far as there are any that fit. */
  from: number[];
}
const drawn: fc.Arbitrary<Drawn> = fc.record({
  step: fc.constantFrom(...Object.keys(MODULES)),
  salt: fc.integer({ min: 0, max: 1 }),
  fails: fc.integer({ min: 0, max: 4 }).map((one) => one === 0),
  onFailure: fc.constantFrom('halt' as const, 'continue' as const),
  from: fc.array(fc.nat(100), { maxLength: 2 }),
});

/** Sound graphs of these modules. A node fails only where that can be foreseen: behind nothing but what is tried out. */
export const foreseeableGraph: fc.Arbitrary<WorkflowGraph> = fc
  .array(drawn, { minLength: 2, maxLength: 9 })
  .map((all) => {
    const made: { id: string; port: 'text' | 'file'; isTriedOut: boolean }[] = [];
    const nodes: object[] = [];
    const edges: object[] = [];
    for (const [position, { step, salt, fails, onFailure, from }] of all.entries()) {
      const module = MODULES[step]!;
      const takesFile = 'file' in module.inputs;
      const fitting = made.filter(({ port }) => (port === 'file') === takesFile);
      if (takesFile && fitting.length === 0) continue;
      const wanted = fitting.length === 0 ? [] : takesFile ? [from[0] ?? 0] : from;
      const sources = [...new Set(wanted.map((one) => fitting[one % fitting.length]!))];
      const id = `n${position}`;
      const isTriedOut = step === 'early' && sources.every((source) => source.isTriedOut);
      nodes.push({ id, step, onFailure, params: { salt, ...(isTriedOut && fails && { fails }) } });
      for (const { id: node, port } of sources)
        edges.push({ from: { node, port }, to: { node: id, port: takesFile ? 'file' : 'texts' } });
      made.push({ id, port: 'file' in module.outputs ? 'file' : 'text', isTriedOut });
    }
    return WorkflowGraph.parse({ format: GRAPH_FORMAT, family: 'cad_file', nodes, edges });
  })
  .filter(({ nodes }) => nodes.length > 0);
