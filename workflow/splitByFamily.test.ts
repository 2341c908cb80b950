import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule, type Family } from '../modules/define.js';
import type { WorkflowGraph } from './graph.js';
import { canLink } from './links.js';
import { type DefinitionLookup, lookupIn, type NodeDefinition } from './nodeDefinition.js';
import { isMixed, splitByFamily } from './splitByFamily.js';
import { anyGraph, graphOf, orderGraph } from './testGraphs.js';
import { TEST_DEFINITIONS, TEST_MODULES } from './testModules.js';
import { applyFix, validateGraph } from './validate.js';

const modules = {
  ...TEST_MODULES,
  thumbnail: defineModule({
    ...TEST_MODULES.mesh.spec,
    key: 'test.thumbnail',
    title: 'Thumbnail',
    families: ['cad_file'],
    inputs: { glb: { ...TEST_MODULES.render.spec.inputs.glb } },
    outputs: { glb: TEST_MODULES.mesh.spec.outputs.glb },
    handsOn: undefined,
    params: z.object({}),
    run: TEST_MODULES.mesh.spec.run as never,
  }),
  /** Needs what no node of its family makes. */
  captioned: defineModule({
    ...TEST_MODULES.label.spec,
    key: 'test.captioned',
    families: ['order_line'],
  }),
};
const definitions = Object.entries(modules).map(
  ([step, module]): NodeDefinition => ({ ...TEST_DEFINITIONS.mesh!, step, label: module.title, module }),
);
const lookup: DefinitionLookup = lookupIn(Object.fromEntries(definitions.map((one) => [one.step, one])));
const split = (graph: WorkflowGraph) => splitByFamily(graph, lookup, definitions);
const partOf = (graph: WorkflowGraph, family: Family) => split(graph).parts.find((part) => part.family === family)!;

const mixed = graphOf(
  'cad_file',
  { source: 'source', mesh: 'mesh', thumbnail: 'thumbnail', count: 'count', template: 'template', still: 'render' },
  [
    'source.step -> mesh.step',
    'mesh.glb -> thumbnail.glb',
    'mesh.glb -> still.glb',
    'template.template -> still.template',
  ],
);

describe('a graph of two families', () => {
  it('is recognised', () => {
    expect(isMixed(mixed, lookup)).toBe(true);
    expect(isMixed(orderGraph(), lookup)).toBe(false);
  });

  const ids = (graph: WorkflowGraph, family: Family) => partOf(graph, family).graph.nodes.map(({ id }) => id);

  it('is split into two graphs that share what both need', () => {
    expect(ids(mixed, 'cad_file')).toEqual(['source', 'mesh', 'thumbnail', 'count']);
    expect(ids(mixed, 'order_line')).toEqual(['source', 'mesh', 'template', 'still']);
    expect(partOf(mixed, 'cad_file').graph.edges).toHaveLength(2);
    expect(partOf(mixed, 'order_line').graph.edges).toHaveLength(3);
    expect(split(mixed).cut).toEqual([]);
  });

  it('leaves what both may use, and only one of them needs, whole', () => {
    const graph = graphOf('cad_file', { source: 'source', mesh: 'mesh', totals: 'mesh', still: 'render' }, [
      'source.step -> mesh.step',
      'source.step -> totals.step',
      'mesh.glb -> still.glb',
    ]);
    expect(ids(graph, 'cad_file')).toEqual(['source', 'totals']);
    expect(partOf(graph, 'cad_file').graph.edges).toHaveLength(1);
  });

  it('leaves what both may use behind the node that feeds it, and a node that nobody knows', () => {
    const graph = graphOf('cad_file', { ...NODES_OF_AN_ORDER, gone: 'gone', count: 'count' }, [
      ...EDGES_OF_AN_ORDER,
      'still.still -> notify.asset',
      'still.still -> gone.picture',
    ]);
    expect(ids(graph, 'order_line')).toEqual(['source', 'mesh', 'template', 'still', 'notify', 'gone']);
    expect(ids(graph, 'cad_file')).toEqual(['count']);
    expect(split(graph).cut).toEqual([]);
  });

  it('says which connections were lost, where they are missed, and how that is mended', () => {
    const { notify: _, ...nodes } = NODES_OF_AN_ORDER;
    const graph = graphOf('order_line', { ...nodes, thumbnail: 'thumbnail' }, [
      'source.step -> mesh.step',
      'mesh.glb -> thumbnail.glb',
      'thumbnail.glb -> still.glb',
      'template.template -> still.template',
    ]);
    const { cut } = split(graph);
    expect(cut).toEqual([{ from: { node: 'thumbnail', port: 'glb' }, to: { node: 'still', port: 'glb' } }]);
    const { graph: part, findings } = partOf(graph, 'order_line');
    expect(findings).toMatchObject([
      {
        code: 'CONNECTION_CUT',
        severity: 'warning',
        nodeId: 'still',
        path: '/nodes/1',
        message:
          '“Render” gets nothing at “glb” any more: that came from “Thumbnail”, which belongs into “CAD intake”.',
      },
      { code: 'INPUT_UNBOUND', nodeId: 'still' },
      { code: 'FAMILY_OUTPUT_MISSING' },
    ]);
    expect(part.nodes[1]!.id).toBe('still');
    expect(partOf(graph, 'cad_file').findings.map(({ code }) => code)).toEqual(['FAMILY_OUTPUT_MISSING']);
    // Nothing that makes it was left: the node that does is added, and what that one needs after it.
    expect(repaired(part).nodes.map(({ step }) => step)).toEqual(['template', 'render', 'mesh', 'source']);
  });

  it('says of connections that led nowhere before that they are gone', () => {
    const graph = {
      ...mixed,
      edges: [...mixed.edges, { from: { node: 'mesh', port: 'glb' }, to: { node: 'x', port: 'y' } }],
    };
    expect(split(graph).cut).toHaveLength(1);
  });

  it('comes to parts that are repaired by the fixes of their findings', () => {
    fc.assert(
      fc.property(mixedGraph, (graph) => {
        for (const { graph: part } of split(graph).parts) {
          const left = validateGraph(repaired(part), lookup, { palette: definitions });
          const errors = left.filter(({ severity }) => severity === 'error');
          // Where several outputs fit somebody has to choose, and of a part that nothing can be made of nothing is left.
          for (const { code, message } of errors)
            expect(code === 'GRAPH_EMPTY' || message.endsWith('Several outputs fit: choose one.'), message).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('leaves no node of a wrong family and loses no node, whatever the graph', () => {
    fc.assert(
      fc.property(mixedGraph, (graph) => {
        const { parts, cut } = split(graph);
        for (const { graph: part } of parts)
          expect(validateGraph(part, lookup).filter(({ code }) => code.endsWith('WRONG_FAMILY'))).toEqual([]);
        expect(new Set(parts.flatMap((part) => part.graph.nodes))).toEqual(new Set(graph.nodes));
        expect(new Set([...parts.flatMap((part) => part.graph.edges), ...cut])).toEqual(new Set(graph.edges));
        const told = parts.flatMap(({ findings }) => findings.filter(({ code }) => code === 'CONNECTION_CUT'));
        const ids = new Set(graph.nodes.map(({ id }) => id));
        expect(told.length).toBeGreaterThanOrEqual(
          cut.filter(({ from, to }) => ids.has(from.node) || ids.has(to.node)).length,
        );
      }),
    );
  });
});

const NODES_OF_AN_ORDER = { source: 'source', mesh: 'mesh', template: 'template', still: 'render', notify: 'notify' };
const EDGES_OF_AN_ORDER = ['source.step -> mesh.step', 'mesh.glb -> still.glb', 'template.template -> still.template'];

/** Graphs of both families, well connected more often than not. */
const mixedGraph = fc.oneof(
  anyGraph,
  fc
    .record({
      family: fc.constantFrom<Family>('cad_file', 'order_line'),
      steps: fc.array(fc.constantFrom(...Object.keys(modules)), { minLength: 1, maxLength: 8 }),
      picks: fc.array(fc.nat(), { minLength: 24, maxLength: 24 }),
    })
    .map(({ family, steps, picks }) => {
      const graph = graphOf(family, Object.fromEntries(steps.map((step, i) => [`n${i}`, step])));
      let pick = 0;
      for (const [at, { id, step }] of graph.nodes.entries())
        for (const [port, contract] of Object.entries(lookup(step)!.module.inputContract)) {
          const fitting = graph.nodes
            .slice(0, at)
            .flatMap((before) =>
              Object.entries(lookup(before.step)!.module.outputContract).flatMap(([name, output]) =>
                canLink(output, contract).ok ? [{ node: before.id, port: name }] : [],
              ),
            );
          const from = fitting[picks[pick++ % picks.length]! % (fitting.length + 1)];
          if (from) graph.edges.push({ from, to: { node: id, port } });
        }
      return graph;
    }),
);

/** What becomes of a graph when fixes are applied until none is left. */
function repaired(graph: WorkflowGraph): WorkflowGraph {
  let current = graph;
  for (let round = 0; round < 200; round++) {
    const findings = validateGraph(current, lookup, { palette: definitions });
    const fix = findings.find((finding) => finding.severity === 'error' && finding.fix)?.fix;
    if (!fix) return current;
    current = applyFix(current, fix);
  }
  throw new Error('Fixes go round in circles.');
}
