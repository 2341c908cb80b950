import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Finding, pointer } from './finding.js';
import type { WorkflowGraph } from './graph.js';
import { valueAt } from './issueText.js';
import { anyGraph, graphOf, orderGraph, sumsGraph } from './testGraphs.js';
import { TEST_DEFINITIONS, testLookup } from './testModules.js';
import { applyFix, isPassing, parseGraph, RULES, validateGraph } from './validate.js';

const check = (graph: WorkflowGraph) => validateGraph(graph, testLookup);
const codes = (graph: WorkflowGraph) => check(graph).map(({ code }) => code);
const only = (graph: WorkflowGraph, code: string): Finding => {
  const found = check(graph).filter((finding) => finding.code === code);
  expect(found, codes(graph).join()).toHaveLength(1);
  return found[0]!;
};

/** A graph for each code a rule can give, broken in that one way. */
const BROKEN: Record<string, WorkflowGraph> = {
  GRAPH_EMPTY: graphOf('cad_file', {}),
  NODE_ID_DUPLICATE: { ...orderGraph(), nodes: [...orderGraph().nodes, orderGraph().nodes[0]!] },
  STEP_UNKNOWN: graphOf('cad_file', { a: 'count', b: 'teleport' }, ['a.total -> b.total']),
  ENTRY_NODE_WRONG_FAMILY: graphOf('cad_file', { template: 'template' }),
  NODE_WRONG_FAMILY: graphOf('cad_file', { source: 'source', mesh: 'mesh', publish: 'publish' }, [
    'source.step -> mesh.step',
    'mesh.glb -> publish.source',
  ]),
  EDGE_NODE_MISSING: { ...orderGraph(), nodes: orderGraph().nodes.filter(({ id }) => id !== 'notify') },
  EDGE_PORT_UNKNOWN: graphOf('cad_file', { source: 'source', mesh: 'mesh' }, ['source.file -> mesh.step']),
  EDGE_DUPLICATE: graphOf('cad_file', { source: 'source', mesh: 'mesh' }, [
    'source.step -> mesh.step',
    'source.step -> mesh.step',
  ]),
  GRAPH_CYCLE: graphOf('cad_file', { a: 'sum', b: 'sum' }, ['a.total -> b.totals', 'b.total -> a.totals']),
  EDGE_INCOMPATIBLE: graphOf('cad_file', { a: 'count', b: 'label' }, ['a.total -> b.text']),
  OUTPUT_OPTIONAL: graphOf('order_line', { source: 'source', mesh: 'mesh', publish: 'publish' }, [
    'source.step -> mesh.step',
    'mesh.draft -> publish.source',
  ]),
  INPUT_BOUND_TWICE: graphOf('cad_file', { s: 'source', t: 'source', mesh: 'mesh' }, [
    's.step -> mesh.step',
    't.step -> mesh.step',
  ]),
  INPUT_UNBOUND: graphOf('cad_file', { source: 'source', mesh: 'mesh' }),
  NODE_ISOLATED: graphOf('cad_file', { source: 'source', notify: 'notify' }),
  PARAM_INVALID: graphOf('cad_file', { a: { step: 'count', params: { start: 'one' } } }),
  PARAM_UNKNOWN: graphOf('cad_file', { a: { step: 'count', params: { stop: 1 } } }),
  FALLBACK_UNAVAILABLE: graphOf('cad_file', { a: { step: 'count', onFailure: 'fallback_legacy' } }),
  FAMILY_OUTPUT_MISSING: graphOf('order_line', { a: 'count' }),
};

describe('validateGraph', () => {
  it('finds nothing in a sound workflow', () => {
    expect(check(orderGraph())).toEqual([]);
  });

  it.each(Object.entries(BROKEN))('reports %s with a sentence and a place', (code, graph) => {
    const finding = only(graph, code);
    expect(finding.message).toMatch(/^\S.*\.$/);
    if (finding.path !== undefined) expect(graph).toHaveProperty(finding.path.slice(1).split('/'));
  });

  it('points to the param inside the node', () => {
    const graph = graphOf('order_line', {
      still: { step: 'render', params: { background: { kind: 'color', hex: 'red' }, samples: 9999 } },
    });
    const found = check(graph).filter(({ code }) => code === 'PARAM_INVALID');
    expect(found.map(({ path, message }) => ({ path, message }))).toEqual([
      {
        path: '/nodes/0/params/samples',
        message: '“Render”: “Samples” must be at most 4096, not 9999.',
      },
      {
        path: '/nodes/0/params/background/hex',
        message: '“Render”: “Background › hex” is not right: A colour like #ffffff.',
      },
    ]);
  });

  it('refuses params that do not go together', () => {
    const graph = graphOf('order_line', { still: { step: 'render', params: { format: 'jpeg' } } });
    expect(only(graph, 'PARAM_INVALID')).toMatchObject({ path: '/nodes/0/params', nodeId: 'still' });
  });

  it('refuses unknown names inside nested params', () => {
    const graph = graphOf('order_line', {
      still: { step: 'render', params: { background: { kind: 'transparent', alpha: 1 } } },
    });
    expect(only(graph, 'PARAM_UNKNOWN').path).toBe('/nodes/0/params/background/alpha');
  });

  it('asks for the roles that linked output types sell', () => {
    const findings = validateGraph(orderGraph(), testLookup, { requiredRoles: ['still_image', 'turntable_video'] });
    expect(findings).toMatchObject([{ code: 'OUTPUT_ROLE_MISSING', severity: 'error' }]);
    expect(findings[0]!.message).toContain('turntable_video');
  });

  it('connects an unbound input to the one output that fits', () => {
    const repaired = applyFix(BROKEN.INPUT_UNBOUND!, only(BROKEN.INPUT_UNBOUND!, 'INPUT_UNBOUND').fix!);
    expect(repaired.edges).toEqual([{ from: { node: 'source', port: 'step' }, to: { node: 'mesh', port: 'step' } }]);
  });

  it('offers no connection where several outputs fit', () => {
    const graph = graphOf('cad_file', { s: 'source', t: 'source', mesh: 'mesh' });
    expect(only(graph, 'INPUT_UNBOUND').fix).toBeUndefined();
  });

  it('moves an edge to the port that fits', () => {
    const graph = BROKEN.EDGE_PORT_UNKNOWN!;
    expect(codes(applyFix(graph, only(graph, 'EDGE_PORT_UNKNOWN').fix!))).toEqual(['FAMILY_OUTPUT_MISSING']);
  });

  it('names the whole circle', () => {
    const graph = graphOf('cad_file', { a: 'sum', b: 'sum', c: 'sum' }, [
      'a.total -> b.totals',
      'b.total -> c.totals',
      'c.total -> a.totals',
    ]);
    expect(only(graph, 'GRAPH_CYCLE').message).toContain('“Sum” (a) → “Sum” (b) → “Sum” (c) → “Sum” (a)');
    expect(only(graph, 'GRAPH_CYCLE').path).toBe('/edges/2');
  });

  it('has a case in this file for every code', () => {
    const reached = new Set(Object.values(BROKEN).flatMap((graph) => codes(graph)));
    expect([...reached].sort()).toEqual(Object.keys(BROKEN).sort());
    expect(RULES.length).toBeGreaterThan(10);
  });
});

describe('applyFix', () => {
  it('leaves the given graph as it is', () => {
    const graph = BROKEN.EDGE_DUPLICATE!;
    const before = structuredClone(graph);
    applyFix(graph, only(graph, 'EDGE_DUPLICATE').fix!);
    expect(graph).toEqual(before);
  });

  it('refuses a graph that has changed since it was checked', () => {
    const graph = BROKEN.EDGE_DUPLICATE!;
    const { fix } = only(graph, 'EDGE_DUPLICATE');
    expect(() => applyFix({ ...graph, edges: graph.edges.slice(1) }, fix!)).toThrow(
      expect.objectContaining({ code: 'FIX_OUTDATED' }),
    );
  });
});

/** What a finding is about, whatever the position of its subject in the graph. */
function subject(graph: WorkflowGraph, finding: Finding): string {
  const place = (finding.path ?? '').slice(1).split('/').slice(0, 2);
  const key = place.map((token) => (/^\d+$/.test(token) ? Number(token) : token));
  const edge = key[0] === 'edges' ? valueAt(graph, key) : null;
  const within = (finding.path ?? '').split('/').slice(3).join('/');
  return JSON.stringify([finding.code, finding.nodeId, finding.message, edge, within]);
}

describe('any graph at all', () => {
  it('is checked without a crash, and every fix removes its finding and leaves a well-formed graph', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const findings = check(graph);
        const counts = (of: WorkflowGraph) => check(of).map((finding) => subject(of, finding));
        const before = counts(graph);
        for (const finding of findings) {
          if (!finding.fix) continue;
          const repaired = applyFix(graph, finding.fix);
          expect(parseGraph(JSON.parse(JSON.stringify(repaired))).graph).toEqual(repaired);
          const same = (list: string[]) => list.filter((one) => one === subject(graph, finding)).length;
          expect(same(counts(repaired)), finding.message).toBeLessThan(same(before));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('can be repaired by applying fixes until none is left', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        let current = graph;
        for (let round = 0; round < 200; round++) {
          const fix = check(current).find((finding) => finding.fix)?.fix;
          if (!fix) return;
          current = applyFix(current, fix);
        }
        throw new Error('Fixes go round in circles.');
      }),
      { numRuns: 100 },
    );
  });

  it('has the same findings whatever the order of its nodes, but for their places', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        fc.pre(new Set(graph.nodes.map(({ id }) => id)).size === graph.nodes.length);
        const reversed = { ...graph, nodes: [...graph.nodes].reverse() };
        const kinds = (of: WorkflowGraph) =>
          check(of)
            .filter(({ code }) => code !== 'GRAPH_CYCLE')
            .map(({ code, nodeId }) => `${code} ${nodeId}`)
            .sort();
        expect(kinds(reversed)).toEqual(kinds(graph));
      }),
    );
  });
});

it('checks a thousand nodes with all their edges', () => {
  const graph = sumsGraph(20, 50);
  expect(graph.nodes).toHaveLength(1000);
  expect(isPassing(check(graph))).toBe(true);
});

describe('what a finding and its fix call a node', () => {
  const called = (nodes: Record<string, string>) => {
    const { publish, still } = Object.fromEntries(
      Object.entries(nodes).map(([id, label]) => [id, { x: 0, y: 0, label }]),
    );
    const graph = graphOf(
      'order_line',
      { still: { step: 'render', ui: still }, publish: { step: 'publish', ui: publish } },
      ['still.still -> publish.source', 'still.still -> publish.source'],
    );
    const { edges: _, ...bare } = graph;
    const duplicate = check(graph).find(({ code }) => code === 'EDGE_DUPLICATE');
    const unbound = check({ ...bare, edges: [] }).find(({ path }) => path === '/nodes/1');
    return [duplicate?.message, unbound?.message, unbound?.fix?.title];
  };

  it('is its label in the editor', () => {
    expect(called({ still: 'Hero', publish: 'Shop' })).toEqual([
      '“Hero” and “Shop” are connected twice in the same way.',
      '“Shop” needs something connected to “source”.',
      'Connect “still” of “Hero”',
    ]);
  });

  it('is its label and its id where several have the label', () => {
    expect(called({ still: 'Hero', publish: 'Hero' })).toEqual([
      '“Hero” (still) and “Hero” (publish) are connected twice in the same way.',
      '“Hero” (publish) needs something connected to “source”.',
      'Connect “still” of “Hero” (still)',
    ]);
  });
});

describe('a node that a fix adds', () => {
  const palette = Object.values(TEST_DEFINITIONS);
  const fixed = (graph: WorkflowGraph) => {
    const fix = validateGraph(graph, testLookup, { palette }).find(({ code }) => code === 'INPUT_UNBOUND')!.fix!;
    return applyFix(graph, fix).nodes.at(-1)!;
  };

  it('stands before the one it is for', () => {
    const graph = graphOf('order_line', { publish: { step: 'publish', ui: { x: 900, y: 100 } } });
    expect(fixed(graph).ui).toEqual({ x: 620, y: 220 });
  });

  it('stands on top of no other, however they lie', () => {
    const corner = fc.record({ x: fc.integer({ min: 300, max: 900 }), y: fc.integer({ min: -200, max: 1500 }) });
    fc.assert(
      fc.property(fc.array(corner, { maxLength: 12 }), (corners) => {
        const others = Object.fromEntries(corners.map((ui, n) => [`n${n}`, { step: 'count', ui }]));
        const graph = graphOf('order_line', { publish: { step: 'publish', ui: { x: 900, y: 100 } }, ...others });
        const { x, y } = fixed(graph).ui!;
        for (const { ui } of graph.nodes) {
          const [dx, dy] = [Math.abs(ui!.x - x), Math.abs(ui!.y - y)];
          expect(dx >= 216 || dy >= 68, `${x},${y} on ${ui!.x},${ui!.y}`).toBe(true);
        }
      }),
    );
  });
});

it('escapes JSON pointers', () => {
  expect(pointer('nodes', 0, 'params', 'a/~b')).toBe('/nodes/0/params/a~1~0b');
});
