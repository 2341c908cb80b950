import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../modules/define.js';
import { type DefinitionLookup, lookupIn } from './nodeDefinition.js';
import { isMixed, splitByFamily } from './splitByFamily.js';
import { anyGraph, graphOf, orderGraph } from './testGraphs.js';
import { TEST_DEFINITIONS, TEST_MODULES, testLookup } from './testModules.js';
import { validateGraph } from './validate.js';

const thumbnail = defineModule({
  ...TEST_MODULES.mesh.spec,
  key: 'test.thumbnail',
  families: ['cad_file'],
  inputs: { glb: { ...TEST_MODULES.render.spec.inputs.glb } },
  outputs: {},
  params: z.object({}),
  run: async () => ({}),
});
const lookup: DefinitionLookup = lookupIn({
  ...TEST_DEFINITIONS,
  thumbnail: { ...TEST_DEFINITIONS.mesh!, step: 'thumbnail', module: thumbnail },
});

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

  it('is split into two graphs that share what both need', () => {
    const { graphs, cut } = splitByFamily(mixed, lookup);
    const ids = (family: 'cad_file' | 'order_line') => graphs[family]!.nodes.map(({ id }) => id);
    expect(ids('cad_file')).toEqual(['source', 'mesh', 'thumbnail', 'count']);
    expect(ids('order_line')).toEqual(['source', 'mesh', 'template', 'still']);
    expect(graphs.cad_file!.edges).toHaveLength(2);
    expect(graphs.order_line!.edges).toHaveLength(3);
    expect(cut).toEqual([]);
  });

  it('leaves what both may use, and only one of them needs, whole', () => {
    const graph = graphOf('cad_file', { source: 'source', mesh: 'mesh', totals: 'mesh', still: 'render' }, [
      'source.step -> mesh.step',
      'source.step -> totals.step',
      'mesh.glb -> still.glb',
    ]);
    const { graphs } = splitByFamily(graph, lookup);
    expect(graphs.cad_file!.nodes.map(({ id }) => id)).toEqual(['source', 'totals']);
    expect(graphs.cad_file!.edges).toHaveLength(1);
  });

  it('says which connections were lost', () => {
    const graph = graphOf('order_line', { thumbnail: 'thumbnail', mesh: 'mesh', still: 'render' }, [
      'mesh.glb -> thumbnail.glb',
      'thumbnail.none -> still.template',
    ]);
    expect(splitByFamily(graph, lookup).cut).toEqual([
      { from: { node: 'thumbnail', port: 'none' }, to: { node: 'still', port: 'template' } },
    ]);
  });

  it('leaves no node of a wrong family and loses no node, whatever the graph', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const { graphs, cut } = splitByFamily(graph, testLookup);
        const parts = Object.values(graphs);
        for (const part of parts) {
          expect(validateGraph(part, testLookup).filter(({ code }) => code.endsWith('WRONG_FAMILY'))).toEqual([]);
        }
        expect(new Set(parts.flatMap(({ nodes }) => nodes))).toEqual(new Set(graph.nodes));
        expect(new Set([...parts.flatMap(({ edges }) => edges), ...cut])).toEqual(new Set(graph.edges));
      }),
    );
  });
});
