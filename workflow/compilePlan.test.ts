import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../modules/errors.js';
import { compilePlan } from './compilePlan.js';
import type { WorkflowGraph } from './graph.js';
import { resolveParams } from './invocation.js';
import type { Plan } from './plan.js';
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
    expect(planned).toBeGreaterThan(3);
  });

  it('plans a thousand nodes', () => {
    const { nodes } = plan(sumsGraph(20, 50));
    expect(nodes).toHaveLength(1000);
    expect(nodes.at(-1)!.level).toBe(19);
  });
});
