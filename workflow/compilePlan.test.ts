import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../modules/errors.js';
import { compilePlan } from './compilePlan.js';
import type { WorkflowGraph } from './graph.js';
import { resolveParams } from './invocation.js';
import { moduleOf, type Plan } from './plan.js';
import { anyGraph, graphOf, orderGraph, sumsGraph } from './testGraphs.js';
import { testLookup } from './testModules.js';
import { isPassing, validateGraph } from './validate.js';

const plan = (graph: WorkflowGraph): Plan => compilePlan(graph, testLookup, resolveParams(graph, testLookup).params);
const node = (of: Plan, id: string) => of.nodes.find((planned) => planned.id === id)!;

describe('compilePlan', () => {
  it('sorts nodes by level', () => {
    expect(plan(orderGraph()).nodes.map(({ idx, id, level }) => `${idx} ${id} ${level}`)).toEqual([
      '0 source 0',
      '1 template 0',
      '2 mesh 1',
      '3 still 2',
      '4 publish 3',
      '5 notify 4',
    ]);
  });

  it('binds inputs to outputs, and to the entry where nothing is connected', () => {
    const compiled = plan(orderGraph());
    expect(node(compiled, 'source').bindings).toEqual({ source: [{ from: 'entry', slot: 'stepSource' }] });
    expect(node(compiled, 'still').bindings).toEqual({
      glb: [{ from: 'node', idx: 2, port: 'glb' }],
      template: [{ from: 'node', idx: 1, port: 'template' }],
    });
    expect(node(compiled, 'still')).toMatchObject({ predecessors: [1, 2], successors: [4] });
    expect(node(compiled, 'notify').bindings.orderLine).toEqual([{ from: 'entry', slot: 'orderLine' }]);
  });

  it('leaves an optional input alone where the family has no such slot', () => {
    const compiled = plan(graphOf('cad_file', { notify: 'notify' }));
    expect(compiled.nodes[0]!.bindings).toEqual({});
  });

  it('keeps the order of edges into a port that takes many', () => {
    const graph = graphOf('cad_file', { a: 'count', b: 'count', sum: 'sum' }, [
      'b.total -> sum.totals',
      'a.total -> sum.totals',
    ]);
    expect(node(plan(graph), 'sum').bindings.totals).toEqual([
      { from: 'node', idx: 1, port: 'total' },
      { from: 'node', idx: 0, port: 'total' },
    ]);
  });

  it('takes retry and time limit from the node, else from the module', () => {
    const graph = graphOf('cad_file', {
      a: { step: 'count', retry: { attempts: 5, backoffMs: 7 }, timeoutMs: 1234, onFailure: 'continue' },
      b: 'count',
    });
    const [a, b] = plan(graph).nodes;
    expect(a).toMatchObject({ retry: { attempts: 5, backoffMs: 7 }, timeoutMs: 1234, onFailure: 'continue' });
    expect(b).toMatchObject({ retry: { attempts: 2, backoffMs: 100 }, timeoutMs: 5000, onFailure: 'halt' });
    expect(a).toMatchObject({ moduleKey: 'test.count', moduleVersion: 1, capability: 'cpu', determinism: 'pure' });
  });

  it('carries complete params', () => {
    const graph = graphOf('cad_file', { a: { step: 'count', params: { start: 4 } }, b: 'count' });
    expect(plan(graph).nodes.map(({ params }) => params)).toEqual([{ start: 4 }, { start: 1 }]);
  });

  it('plans every graph without errors and says why it cannot plan the others', () => {
    let planned = 0;
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const isSound = isPassing(validateGraph(graph, testLookup));
        try {
          const { nodes } = plan(graph);
          planned++;
          expect(
            nodes
              .filter(({ part }) => !part)
              .map(({ id }) => id)
              .sort(),
          ).toEqual(graph.nodes.map(({ id }) => id).sort());
          for (const { idx, level, bindings, predecessors, successors } of nodes) {
            expect(predecessors.every((other) => other < idx && nodes[other]!.level < level)).toBe(true);
            expect(successors.every((other) => nodes[other]!.predecessors.includes(idx))).toBe(true);
            const sources = Object.values(bindings).flat();
            expect(new Set(sources.flatMap((binding) => (binding.from === 'node' ? binding.idx : [])))).toEqual(
              new Set(predecessors),
            );
          }
        } catch (error) {
          expect(isSound).toBe(false);
          expect(error).toBeInstanceOf(DomainError);
          expect(error).toMatchObject({ code: 'PLAN_IMPOSSIBLE' });
        }
      }),
      { numRuns: 200 },
    );
    expect(planned).toBeGreaterThan(0);
  });

  describe('with nodes that share their work out', () => {
    it('plans the parts before the node, with its policy and the inputs they take', () => {
      const graph = graphOf(
        'cad_file',
        {
          source: 'source',
          mesh: 'mesh',
          gate: 'count',
          all: { step: 'spread', params: { until: 5 }, onFailure: 'continue', timeoutMs: 9_000 },
          sum: 'sum',
        },
        ['source.step -> mesh.step', 'mesh.glb -> all.glb', 'gate.total -> all.gate', 'all.total -> sum.totals'],
      );
      const compiled = plan(graph);
      expect(compiled.nodes.map(({ id, level }) => `${level} ${id}`)).toEqual([
        '0 source',
        '0 gate',
        '1 mesh',
        '2 all/1',
        '2 all/2',
        '2 all/3',
        '3 all',
        '4 sum',
      ]);
      expect(node(compiled, 'all/3')).toMatchObject({
        step: 'spread',
        moduleKey: 'test.totals',
        capability: 'blender',
        params: { from: 4, to: 5 },
        bindings: { glb: [{ from: 'node', idx: 2, port: 'glb' }] },
        predecessors: [2],
        successors: [6],
        onFailure: 'continue',
        timeoutMs: 9_000,
        part: { nodeId: 'all', label: 'Totals 4–4', size: 1, unit: 'totals' },
      });
      expect(moduleOf(node(compiled, 'all/3'), testLookup)?.key).toBe('test.totals');
      expect(moduleOf(node(compiled, 'all'), testLookup)?.key).toBe('test.spread');
      expect(node(compiled, 'all')).toMatchObject({
        predecessors: [1, 2, 3, 4, 5],
        bindings: {
          totals: [3, 4, 5].map((idx) => ({ from: 'node', idx, port: 'totals' })),
          glb: [{ from: 'node', idx: 2, port: 'glb' }],
          gate: [{ from: 'node', idx: 1, port: 'total' }],
        },
      });
      expect(node(compiled, 'all').part).toBeUndefined();
    });

    it('leaves them whole when there is one part only, or when the parts’ input is connected', () => {
      const one = graphOf('cad_file', { all: { step: 'spread', params: { until: 2 } } });
      expect(plan(one).nodes.map(({ id }) => id)).toEqual(['all']);
      const bound = graphOf('cad_file', { some: 'totals', all: 'spread' }, ['some.totals -> all.totals']);
      expect(plan(bound).nodes.map(({ id }) => id)).toEqual(['some', 'all']);
    });

    it('keeps the order and the dependencies of the graph, whatever is shared out', () => {
      const layers = fc.array(
        fc.array(fc.record({ isSpread: fc.boolean(), until: fc.integer({ min: 1, max: 7 }), from: fc.nat() }), {
          minLength: 1,
          maxLength: 4,
        }),
        { minLength: 1, maxLength: 5 },
      );
      fc.assert(
        fc.property(layers, (rows) => {
          const nodes: Record<string, { step: string; params?: { until: number } }> = {};
          const edges: string[] = [];
          for (const [y, row] of rows.entries())
            for (const [x, { isSpread, until, from }] of row.entries()) {
              nodes[`n${y}-${x}`] = isSpread
                ? { step: 'spread', params: { until } }
                : { step: y === 0 ? 'count' : 'sum' };
              if (y > 0)
                edges.push(
                  `n${y - 1}-${from % rows[y - 1]!.length}.total -> n${y}-${x}.${isSpread ? 'gate' : 'totals'}`,
                );
            }
          const compiled = plan(graphOf('cad_file', nodes, edges));
          const at = new Map(compiled.nodes.map((planned) => [planned.id, planned]));
          expect(at.size).toBe(compiled.nodes.length);
          for (const { idx, level, predecessors, successors } of compiled.nodes) {
            expect(predecessors.every((i) => i < idx && compiled.nodes[i]!.level < level)).toBe(true);
            expect(successors.every((i) => compiled.nodes[i]!.predecessors.includes(idx))).toBe(true);
          }
          for (const edge of edges) {
            const [from, to] = edge.split(' -> ').map((end) => at.get(end.split('.')[0]!)!);
            expect(to!.predecessors).toContain(from!.idx);
          }
          for (const [id, { step, params }] of Object.entries(nodes)) {
            if (step !== 'spread') continue;
            const parts = compiled.nodes.filter(({ part }) => part?.nodeId === id);
            expect(parts).toHaveLength(params!.until > 2 ? Math.ceil(params!.until / 2) : 0);
            const gathered = at.get(id)!.bindings.totals ?? [];
            expect(gathered).toEqual(parts.map(({ idx }) => ({ from: 'node', idx, port: 'totals' })));
            expect(parts.map((part) => part.params.from)).toEqual(parts.map((_, i) => i * 2));
          }
        }),
        { numRuns: 200 },
      );
    });
  });

  it('plans a thousand nodes', () => {
    const { nodes } = plan(sumsGraph(20, 50));
    expect(nodes).toHaveLength(1000);
    expect(nodes.at(-1)!.level).toBe(19);
  });
});
