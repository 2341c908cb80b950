import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { dataPort, defineModule } from '../modules/define.js';
import type { JsonValue } from '../modules/json.js';
import { converted, removed, renamed } from '../modules/upgrades.js';
import { checkGraph } from './checkGraph.js';
import type { Finding } from './finding.js';
import type { WorkflowGraph } from './graph.js';
import { lookupIn, type NodeDefinition } from './nodeDefinition.js';
import { anyGraph, graphOf, orderGraph } from './testGraphs.js';
import { TEST_DEFINITIONS, TEST_MODULES } from './testModules.js';
import { applyFix } from './validate.js';

const definition = (step: string, module: NodeDefinition['module']): NodeDefinition => ({
  ...TEST_DEFINITIONS.count!,
  step,
  module,
});
const definitions = [
  ...Object.values(TEST_DEFINITIONS),
  /** May be placed anywhere, and needs what only order lines bring along. */
  definition(
    'line',
    defineModule({
      ...TEST_MODULES.count.spec,
      key: 'test.line',
      inputs: { line: dataPort(z.object({ id: z.string() }), { description: 'Line.', entry: 'orderLine' }) },
    }),
  ),
  /** Has a past. */
  definition(
    'light',
    defineModule({
      ...TEST_MODULES.count.spec,
      key: 'test.light',
      version: 3,
      params: z.object({ start: z.number().default(1), power: z.number().default(1) }),
      upgrades: {
        1: [renamed('quality', 'power'), removed('seed', 'lights have none')],
        2: [
          converted(
            'start',
            ({ start }) => (typeof start === 'number' ? { start: start * 2 } : null),
            'it was not a number',
          ),
        ],
      },
    }),
  ),
];
const lookup = lookupIn(Object.fromEntries(definitions.map((one) => [one.step, one])));

const all = (file: unknown): Finding[] =>
  checkGraph(file, lookup, { palette: definitions, requiredRoles: ['still_image'] }).findings;

/** Faults that graphs drawn at random seldom have. */
const SELDOM = [
  graphOf('order_line', { mesh: 'mesh', publish: 'publish' }, ['mesh.draft -> publish.source']),
  graphOf('cad_file', { source: 'source', mesh: 'mesh' }, ['source.step -> mesh.step', 'source.step -> mesh.step']),
  graphOf('cad_file', { a: 'count', b: 'label' }, ['a.total -> b.text']),
  graphOf('cad_file', { a: 'source', b: 'source', mesh: 'mesh' }, ['a.step -> mesh.step', 'b.step -> mesh.step']),
  graphOf('cad_file', { a: 'sum', b: 'sum' }, ['a.total -> b.totals', 'b.total -> a.totals']),
  graphOf('order_line', { still: 'render', publish: 'publish', notify: 'notify' }, ['still.still -> publish.source']),
];

/** A graph as a file: well-formed or broken in one way. */
const anyFile: fc.Arbitrary<unknown> = fc
  .record({
    graph: fc.oneof(
      { weight: 6, arbitrary: anyGraph },
      { weight: 1, arbitrary: fc.constant(orderGraph()) },
      { weight: 1, arbitrary: fc.constant<WorkflowGraph>({ format: 1, family: 'cad_file', nodes: [], edges: [] }) },
      { weight: 3, arbitrary: fc.constantFrom(...SELDOM) },
    ),
    /** Steps put in the place of others; null: as it is. */
    steps: fc.array(fc.constantFrom(null, null, null, null, null, null, 'line', 'light', 'notify'), {
      minLength: 6,
      maxLength: 6,
    }),
    version: fc.constantFrom(undefined, 1, 2, 9),
    harm: fc.option(
      fc.constantFrom<(file: any) => unknown>(
        () => 'no object',
        ({ format: _, ...file }) => file,
        (file) => ({ ...file, format: 99 }),
        (file) => ({ ...file, format: 'one' }),
        (file) => ({ ...file, colour: 'red' }),
        (file) => ({ ...file, nodes: 5 }),
        (file) => ({ ...file, edges: [{ from: 'a' }] }),
        ...[
          { retry: { attempts: 99 } },
          { ui: 'here' },
          { extra: 1 },
          { params: { name: '\0' } },
          { params: JSON.parse('{"__proto__":1}') },
          { params: { deep: JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`) } },
        ].map((node) => (file: any) => ({
          ...file,
          nodes: [{ id: 'x', step: 'count', ...node }, ...file.nodes],
        })),
      ),
      { freq: 2 },
    ),
  })
  .map(({ graph, steps, version, harm }) => {
    const file = JSON.parse(JSON.stringify(graph));
    for (const [at, node] of file.nodes.entries()) {
      node.step = steps[at % steps.length] ?? node.step;
      if (node.step === 'light') node.version = version;
    }
    const plain = JSON.parse(JSON.stringify(file)) as JsonValue;
    return harm ? harm(plain) : plain;
  });

/** Every code that reading, upgrading and checking a graph can give, as the sources have them. */
function codesInSources(): string[] {
  const here = new URL('.', import.meta.url);
  const files = [
    ...readdirSync(new URL('rules/', here)).map((name) => `rules/${name}`),
    ...['parseGraph.ts', 'migrations.ts', 'upgradeGraph.ts', 'params.ts'],
  ];
  const texts = files.map((name) => readFileSync(new URL(name, here), 'utf8'));
  return [
    ...new Set(
      texts.flatMap(
        (text) =>
          text.match(/(?<=')(GRAPH|NODE|STEP|ENTRY|EDGE|INPUT|OUTPUT|PARAM|FALLBACK|FAMILY)_[A-Z_]+(?=')/g) ?? [],
      ),
    ),
  ].sort();
}

/** Codes that never come with a fix: a person has to decide. */
const UNMENDED = [
  'FAMILY_OUTPUT_MISSING',
  'GRAPH_EMPTY',
  'GRAPH_FORMAT_NEWER',
  'GRAPH_FORMAT_UNKNOWN',
  'GRAPH_KEY_RESERVED',
  'GRAPH_NOT_OBJECT',
  'GRAPH_TEXT_INVALID',
  'GRAPH_TOO_DEEP',
  'OUTPUT_OPTIONAL',
  'OUTPUT_ROLE_MISSING',
];

it('reaches every code there is, with a fix where there is one', () => {
  const findings = fc.sample(anyFile, 1_500).flatMap(all);
  const reached = (some: Finding[]) => [...new Set(some.map(({ code }) => code))].sort();
  expect(reached(findings)).toEqual(codesInSources());
  const mended = codesInSources().filter((code) => !UNMENDED.includes(code));
  expect(reached(findings.filter(({ fix }) => fix))).toEqual(mended);
});

/** What may be missed once a fix has taken a node or a connection away, or added a node with needs of its own. */
const MISSED = ['ENTRY_SLOT_UNAVAILABLE', 'GRAPH_EMPTY', 'INPUT_UNBOUND', 'OUTPUT_ROLE_MISSING'];

/** What is asked of the settings of a node only once each of them fits. */
const HIDDEN = ['PARAM_INVALID', 'PARAM_UNKNOWN'];

it('removes a finding by its fix, and brings no error but that something is missed or was hidden', () => {
  // The first sentence: what may be done about it depends on the rest of the graph.
  const same = ({ code, nodeId, message }: Finding) => `${code} ${nodeId} ${message.split('.')[0]}`;
  // A node of the wrong family is at the beginning, or not, by what leads to it.
  const errorCodes = (findings: Finding[]) =>
    findings.filter(({ severity }) => severity === 'error').map(({ code }) => code.replace('ENTRY_NODE_', 'NODE_'));
  /** How often there is such an error; of circles only whether, since how many edges close one is a matter of where the search begins. */
  const times = (codes: string[], code: string) => {
    const found = codes.filter((one) => one === code).length;
    return code === 'GRAPH_CYCLE' ? Math.min(found, 1) : found;
  };
  fc.assert(
    fc.property(anyFile, (file) => {
      const before = all(file);
      const isReadable = checkGraph(file, lookup).graph !== undefined;
      for (const finding of before) {
        if (!finding.fix) continue;
        const after = all(applyFix(file, finding.fix));
        const count = (list: Finding[]) => list.filter((one) => same(one) === same(finding)).length;
        expect(count(after), finding.message).toBeLessThan(count(before));
        // What cannot be read is not asked for its sense yet.
        if (!isReadable) continue;
        const [old, now] = [errorCodes(before), errorCodes(after)];
        const may = finding.code.startsWith('PARAM_') ? HIDDEN : MISSED;
        const more = [...new Set(now)].filter((code) => times(now, code) > times(old, code));
        expect(
          more.filter((code) => !may.includes(code)),
          `${finding.code}: ${finding.fix.title}`,
        ).toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
});
