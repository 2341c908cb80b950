import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { JsonObject } from '../modules/json.js';
import { resultOf } from '../tests/support/mutationCalls.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { CAD_GRAPH } from '../tests/support/testData.js';
import { canonicalGraphJson } from '../workflow/canonical.js';
import { type GraphEdge, WorkflowGraph } from '../workflow/graph.js';
import { sumsGraph } from '../workflow/testGraphs.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const SELECTION =
  '... on Workflow { id draftRevision exportFile latestVersion { exportFile } } ... on Error { code message } ... on ValidationError { issues { path message } findings { code path } }';
const create = (input: object) =>
  resultOf(app, 'createWorkflow', 'CreateWorkflowInput', SELECTION, { name: 'File', family: 'cad_file', ...input });

/** A file with one node of these settings, as somebody might write it. */
const fileOf = (params: string) =>
  `{"format":1,"family":"cad_file","nodes":[{"id":"a","step":"gone","params":${params}}],"edges":[]}`;

/** The settings of the only node in a file. */
const paramsIn = (file: string) => (JSON.parse(file) as WorkflowGraph).nodes[0]!.params;

function nested(levels: number): JsonObject {
  let value: JsonObject = {};
  for (let level = 1; level < levels; level++) value = { in: value };
  return value;
}

const TEXTS = {
  beyond: '😀 𝔸 \u{10ffff}',
  rightToLeft: 'שלום ‏مرحبا‎ \u202e',
  composed: '\u00e9',
  decomposed: 'e\u0301',
  'e\u0301': 'a name that is not normalised',
  '\u00e9': 'another name',
  marks: '\ufeff\u200b\u2028\u2029\u007f\u0001\t"\\/',
  empty: '',
  '': 'no name',
  '10': 'a name like a number',
  '9': 'another',
  ['n'.repeat(10_000)]: 'v'.repeat(100_000),
};

/** The most nodes and edges there may be. */
function largestGraph(): WorkflowGraph {
  const { nodes } = sumsGraph(40, 50);
  const edges = Array.from({ length: 5_000 }, (_, i): GraphEdge => {
    const [from, to] = [i % 1_000, (i % 1_000) + 1 + Math.floor(i / 1_000)];
    return { from: { node: nodes[from]!.id, port: 'total' }, to: { node: nodes[to]!.id, port: 'totals' } };
  });
  return { format: 1, family: 'cad_file', nodes, edges };
}

describe('a workflow as a file', () => {
  test.each<[string, string]>([
    ['no nodes', '{"format":1,"family":"cad_file","nodes":[],"edges":[]}'],
    ['minus zero', fileOf('{"v":-0}')],
    ['large numbers', fileOf('{"a":1e21,"b":1000000000000000000000,"c":1.7976931348623157e308,"d":1e23}')],
    ['small numbers', fileOf('{"a":1e-7,"b":0.0000001,"c":5e-324}')],
    ['fractions', fileOf('{"a":0.30000000000000004,"b":1.10,"c":-12.5E-2}')],
    ['the largest whole numbers', fileOf('{"a":9007199254740991,"b":-9007199254740991}')],
    ['texts of all kinds', fileOf(JSON.stringify(TEXTS))],
    ['the deepest nesting', fileOf(JSON.stringify(nested(61)))],
    ['a byte order mark before it', `\ufeff${fileOf('{"v":1}')}`],
    ['line ends of Windows', JSON.stringify(JSON.parse(fileOf('{"v":"a\\r\\nb"}')), null, 2).replaceAll('\n', '\r\n')],
    ['the most nodes and edges', JSON.stringify(largestGraph())],
  ])('comes out as it went in, with %s', async (_what, file) => {
    const { exportFile } = await create({ file });
    expect(exportFile).toBe(canonicalGraphJson(WorkflowGraph.parse(JSON.parse(file.replace(/^\ufeff/, '')))));
    const again = await create({ file: exportFile });
    expect(again.exportFile).toBe(exportFile);
    const saved = await resultOf(app, 'saveWorkflowDraft', 'SaveWorkflowDraftInput', SELECTION, {
      workflowId: again.id,
      graph: JSON.parse(exportFile),
      expectedRevision: again.draftRevision,
    });
    expect(saved.exportFile).toBe(exportFile);
  });

  test('keeps texts and numbers what they were', async () => {
    const { exportFile } = await create({ file: fileOf(JSON.stringify({ ...TEXTS, n: [1e21, 1e-7, 0.1 + 0.2] })) });
    expect(paramsIn(exportFile)).toEqual({ ...TEXTS, n: [1e21, 1e-7, 0.1 + 0.2] });
  });

  test('of a version comes out as it went in', async () => {
    const made = await create({ file: JSON.stringify(CAD_GRAPH) });
    const published = await resultOf(app, 'publishWorkflow', 'PublishWorkflowInput', SELECTION, {
      workflowId: made.id,
      expectedRevision: made.draftRevision,
    });
    expect(published.latestVersion.exportFile).toBe(made.exportFile);
    expect((await create({ file: published.latestVersion.exportFile })).exportFile).toBe(made.exportFile);
  });

  test.each([
    ['a whole number that would lose digits', '{\n"n":9007199254740993}', 'JSON_NUMBER_INEXACT', '/nodes/0/params/n'],
    ['a number beyond all bounds', '{\n"n":1e999}', 'JSON_NUMBER_INEXACT', '/nodes/0/params/n'],
    ['a key that stands twice', '{"a":[{"x":1,\n"\\u0078":2}]}', 'JSON_KEY_TWICE', '/nodes/0/params/a/0/x'],
  ])('is refused with %s, by name and place', async (_what, params, code, path) => {
    const before = await app.platform.db.workflow.count();
    expect(await create({ file: fileOf(params) })).toMatchObject({
      __typename: 'ValidationError',
      code,
      issues: [{ path: '/file', message: expect.stringMatching(/^Line 2: /) }],
      findings: [{ code, path }],
    });
    expect(await app.platform.db.workflow.count()).toBe(before);
  });

  test('that nobody could import again is not saved', async () => {
    const graph = JSON.parse(fileOf(JSON.stringify({ long: 'ä'.repeat(1_000_000) })));
    const tooLarge = { code: 'WORKFLOW_TOO_LARGE', issues: [{ path: '/graph' }] };
    expect(await create({ graph })).toMatchObject(tooLarge);
    const { id: workflowId, draftRevision: expectedRevision } = await create({});
    const input = { workflowId, graph, expectedRevision };
    expect(await resultOf(app, 'saveWorkflowDraft', 'SaveWorkflowDraftInput', SELECTION, input)).toMatchObject(
      tooLarge,
    );
  });
});

describe('a graph in a request', () => {
  const mutation = (graph: string) =>
    `mutation { result: createWorkflow(input: { name: "Literal", family: cad_file, graph: ${graph} }) { __typename } }`;
  const graph = (params: string) =>
    `{ format: 1, family: "cad_file", nodes: [{ id: "a", step: "gone", params: ${params} }], edges: [] }`;

  test.each([
    ['9007199254740993', 'cannot be kept'],
    ['1e999', 'cannot be kept'],
  ])('is refused with the number %s in the document', async (number, message) => {
    const { errors, data } = await app.gql(mutation(graph(`{ n: [${number}] }`)));
    expect(data?.result).toBeUndefined();
    expect(errors).toMatchObject([{ message: expect.stringContaining(message), locations: [{ line: 1 }] }]);
  });

  test('is refused with a key that stands twice in the document', async () => {
    const { errors, data } = await app.gql(mutation(graph('{ n: 1, n: 2 }')));
    expect(data?.result).toBeUndefined();
    expect(errors![0]!.message).toContain('"n"');
  });

  test('is taken with numbers that can be kept', async () => {
    expect((await app.gql(mutation(graph('{ n: [9007199254740991, 1e21, -0.5] }')))).data.result).toEqual({
      __typename: 'Workflow',
    });
  });

  test.each([
    ['"n":9007199254740993', 'Line 2: the number 9007199254740993 cannot be kept'],
    ['"n":1,"n":2', 'Line 2: “n” stands twice'],
  ])('is refused with %s in the variables', async (params, message) => {
    const query = mutation('$graph').replace('mutation', 'mutation ($graph: JSON)');
    const body = `{"query":${JSON.stringify(query)},\n"variables":{"graph":${fileOf(`{${params}}`)}}}`;
    const response = await app.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.stringContaining(message), extensions: { code: 'BAD_REQUEST' } }],
    });
  });
});

describe('a draft that is sent by another way than a plain request', () => {
  const draft = (number: string) =>
    `{"query":"mutation ($graph: JSON!) { createWorkflow(input: { name: \\"Sent\\", family: cad_file, graph: $graph }) { __typename } }",` +
    `"variables":{"graph":${fileOf(`{"n":${number}}`)}}}`;
  const authorization = `Bearer ${ADMIN_TOKEN}`;

  /** The types of the answers to one operation over a WebSocket, and what the last says. */
  const overWebSocket = (body: string) =>
    new Promise<{ type: string; payload: any }[]>((resolve, reject) => {
      const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      const answers: { type: string; payload: any }[] = [];
      const say = (message: string) => socket.send(message);
      socket.once('error', reject);
      socket.once('open', () => say(JSON.stringify({ type: 'connection_init', payload: { authorization } })));
      socket.on('message', (data) => {
        const message = JSON.parse(String(data));
        if (message.type === 'connection_ack') return say(`{"id":"1","type":"subscribe","payload":${body}}`);
        answers.push(message);
        if (message.type === 'next') return;
        socket.close();
        resolve(answers);
      });
    });

  test('over a WebSocket loses no digits either: it is refused, and nothing is made', async () => {
    expect(await overWebSocket(draft('9007199254740991'))).toMatchObject([
      { type: 'next', payload: { data: { createWorkflow: { __typename: 'Workflow' } } } },
      { type: 'complete' },
    ]);
    const before = await app.platform.db.workflow.count();
    expect(await overWebSocket(draft('9007199254740993'))).toEqual([
      {
        id: '1',
        type: 'error',
        payload: [{ message: expect.stringContaining('9007199254740993'), extensions: { code: 'BAD_REQUEST' } }],
      },
    ]);
    expect(await app.platform.db.workflow.count()).toBe(before);
  });

  test('over server-sent events neither', async () => {
    const send = async (number: string) => {
      const answer = await fetch(`${app.url}/graphql/stream`, {
        method: 'POST',
        headers: { authorization, accept: 'text/event-stream', 'content-type': 'application/json' },
        body: draft(number),
      });
      return [answer.status, await answer.text()];
    };
    expect(await send('9007199254740991')).toEqual([200, expect.stringContaining('"__typename":"Workflow"')]);
    const before = await app.platform.db.workflow.count();
    expect(await send('9007199254740993')).toEqual([400, expect.stringContaining('9007199254740993')]);
    expect(await app.platform.db.workflow.count()).toBe(before);
  });
});
