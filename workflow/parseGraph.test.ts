import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GRAPH_FORMAT } from './graph.js';
import { orderGraph } from './testGraphs.js';
import { applyFix, parseGraph } from './validate.js';

const json = () => JSON.parse(JSON.stringify(orderGraph()));

describe('parseGraph', () => {
  it('reads what was written', () => {
    expect(parseGraph(json())).toEqual({ graph: orderGraph(), findings: [] });
  });

  it.each([null, 1, 'x', [], undefined])('refuses %j as a workflow', (value) => {
    expect(parseGraph(value)).toMatchObject({ findings: [{ code: 'GRAPH_NOT_OBJECT', severity: 'error' }] });
  });

  it('says where the form is wrong, and of which node', () => {
    const graph = json();
    graph.nodes[3].retry = { attempts: 99, backoffMs: 0 };
    graph.edges[1].from.port = 7;
    expect(parseGraph(graph).findings).toMatchObject([
      {
        code: 'GRAPH_FORM',
        nodeId: 'still',
        path: '/nodes/3/retry/attempts',
        message: 'The node “still”: “retry › attempts” must be at most 10, not 99.',
      },
      {
        code: 'GRAPH_FORM',
        path: '/edges/1/from/port',
        message: 'Connection number 2: “from › port” must be text, not 7.',
      },
    ]);
  });

  it('finds missing and unknown fields', () => {
    const graph = json();
    delete graph.nodes[0].step;
    graph.colour = 'red';
    graph.nodes[1].extra = true;
    expect(parseGraph(graph).findings.map(({ code, path, message }) => [code, path, message])).toEqual([
      ['GRAPH_FORM', '/nodes/0/step', 'The node “source”: “step” is missing.'],
      ['GRAPH_KEY_UNKNOWN', '/nodes/1/extra', 'The node “mesh” has an unknown field “extra”.'],
      ['GRAPH_KEY_UNKNOWN', '/colour', 'The workflow has an unknown field “colour”.'],
    ]);
  });

  it('offers fixes that lead to a readable graph', () => {
    let graph = json();
    delete graph.format;
    graph.colour = 'red';
    graph.nodes[1].ui = 'here';
    graph.nodes[2]['a/~b'] = 1;
    for (let round = 0; round < 10; round++) {
      const fix = parseGraph(graph).findings.find((finding) => finding.fix)?.fix;
      if (!fix) break;
      graph = applyFix(graph, fix);
    }
    expect(parseGraph(graph).graph).toEqual(orderGraph());
  });

  it.each([
    [GRAPH_FORMAT + 1, 'GRAPH_FORMAT_NEWER'],
    ['one', 'GRAPH_FORMAT_UNKNOWN'],
    [0, 'GRAPH_FORMAT_UNKNOWN'],
    [undefined, 'GRAPH_FORMAT_MISSING'],
  ])('does not read format %j', (format, code) => {
    expect(parseGraph({ ...json(), format }).findings).toMatchObject([{ code, path: '/format' }]);
  });

  it('refuses ids that could be mistaken for parts of the language', () => {
    const graph = json();
    graph.nodes[0].id = '__proto__';
    expect(parseGraph(graph).findings).toMatchObject([{ code: 'GRAPH_FORM', path: '/nodes/0/id' }]);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('offers no fix for a field called %s', (name) => {
    const graph = JSON.parse(`{"${name}":1,${JSON.stringify(json()).slice(1)}`);
    expect(parseGraph(graph).findings).toMatchObject([{ code: 'GRAPH_KEY_UNKNOWN', path: `/${name}` }]);
    expect(parseGraph(graph).findings[0]!.fix).toBeUndefined();
  });

  it.each(['{"__proto__":{"start":1}}', '{"deep":[{"__proto__":1}]}'])('loses no setting of %s', (params) => {
    const graph = json();
    graph.nodes[1].params = JSON.parse(params);
    graph.nodes[1].params.start = 1;
    expect(parseGraph(graph)).toMatchObject({ findings: [{ code: 'GRAPH_KEY_RESERVED' }] });
    expect(parseGraph(graph).findings[0]!.path).toMatch(/^\/nodes\/1\/params\/.*__proto__$/);
  });

  it.each(['\0', 'a\ud800'])('refuses text that no database can keep: %j', (text) => {
    const graph = json();
    graph.nodes[1].params = { name: [text] };
    const refused = (path: string) => ({ findings: [{ code: 'GRAPH_TEXT_INVALID', path }] });
    expect(parseGraph(graph)).toMatchObject(refused('/nodes/1/params/name/0'));
    graph.nodes[1].params = { [text]: 1 };
    expect(parseGraph(graph)).toMatchObject(refused('/nodes/1/params'));
  });

  it('survives nesting that would overflow a stack', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 50_000; i++) deep = [deep];
    const graph = json();
    graph.nodes[0].params = { deep };
    expect(parseGraph(graph).findings).toMatchObject([{ code: 'GRAPH_TOO_DEEP' }]);
  });

  it('never throws, whatever the JSON', () => {
    const piece = fc.jsonValue({ maxDepth: 3 });
    const near = fc.record(
      {
        format: fc.constantFrom(1, 2, '1'),
        family: fc.oneof(fc.constant('cad_file'), piece),
        nodes: piece,
        edges: piece,
      },
      { requiredKeys: [] },
    );
    const nearer = fc.record({
      format: fc.constant(1),
      family: fc.constant('cad_file'),
      nodes: fc.array(
        fc.oneof(piece, fc.record({ id: piece, step: piece, params: piece, ui: piece }, { requiredKeys: [] })),
      ),
      edges: fc.array(fc.oneof(piece, fc.record({ from: piece, to: fc.record({ node: piece, port: piece }) }))),
    });
    fc.assert(
      fc.property(fc.oneof(piece, near, nearer), (value) => {
        const { graph, findings } = parseGraph(value);
        expect(graph === undefined).toBe(findings.length > 0);
        for (const { message, fix } of findings) {
          expect(message).toMatch(/\.$/);
          if (fix) expect(() => applyFix(value, fix)).not.toThrow();
        }
      }),
      { numRuns: 150 },
    );
  });
});
