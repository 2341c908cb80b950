import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelRun } from '../runtime/runs/cancel.js';
import { dispatch } from '../runtime/runs/dispatch.js';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue, createEndedRun } from '../tests/support/testData.js';

const EVENTS =
  'subscription ($runId: ID!, $after: Int) { runEvents(runId: $runId, after: $after) { seq type nodeId data at } }';
const AUTHORIZED = { authorization: `Bearer ${ADMIN_TOKEN}` };

let app: TestApp;
let catalogue: Catalogue;
beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
});
afterAll(() => app.close());

const start = async () => {
  const { runId } = await dispatch(app.platform, {
    cadFileId: catalogue.cadFile.id,
    workflowId: catalogue.workflow.id,
  });
  return runId;
};

function client(options: { singleConnection?: boolean; headers?: Record<string, string> } = {}) {
  return createClient({ url: `${app.url}/graphql/stream`, headers: AUTHORIZED, retryAttempts: 0, ...options } as never);
}

interface Event {
  seq: number;
  type: string;
}

/** Subscribes; the events seen so far, and a promise of the end of the stream. */
function watch(sse: ReturnType<typeof client>, runId: string, after = 0) {
  const seen: Event[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let close = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    close = sse.subscribe<{ runEvents: Event }>(
      { query: EVENTS, variables: { runId: id('Run', runId), after } },
      {
        next: ({ data, errors }) => {
          if (errors) return reject(errors[0]);
          seen.push(data!.runEvents);
          for (const { count, resolve } of waiting) if (seen.length >= count) resolve();
        },
        error: reject,
        complete: resolve,
      },
    );
  });
  const until = (count: number) =>
    new Promise<void>((resolve) => (seen.length >= count ? resolve() : waiting.push({ count, resolve })));
  return { seen, ended, until, close: () => close() };
}

test.each([[false], [true]])(
  'events are replayed, then live, and the stream ends with the run (single connection: %s)',
  async (singleConnection) => {
    const runId = await start();
    const sse = client({ singleConnection });
    const { seen, ended, until } = watch(sse, runId);
    await until(1);
    expect(seen[0]).toMatchObject({ seq: 1, type: 'run.queued' });
    await cancelRun(app.platform, runId);
    await ended;
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_event, index) => index + 1));
    expect(seen.at(-1)?.type).toBe('run.finished');
    sse.dispose();
  },
);

test('a subscriber that went away goes on from its cursor without gap or repeat', async () => {
  const runId = await start();
  const first = watch(client(), runId);
  await first.until(1);
  first.close();
  await cancelRun(app.platform, runId);
  const second = watch(client(), runId, first.seen.at(-1)!.seq);
  await second.ended;
  const all = [...first.seen, ...second.seen].map(({ seq }) => seq);
  expect(all).toEqual(all.map((_seq, index) => index + 1));
  expect(second.seen.at(-1)?.type).toBe('run.finished');
});

test('a run that has ended is replayed and done', async () => {
  const { runId } = await createEndedRun(app.platform, catalogue);
  const { seen, ended } = watch(client(), runId);
  await ended;
  expect(seen.map(({ type }) => type)).toEqual(['run.queued', 'node.log', 'run.finished']);
});

test('the same works as plain server-sent events on /graphql, by POST and by GET', async () => {
  const { runId } = await createEndedRun(app.platform, catalogue);
  const operation = { query: EVENTS, variables: { runId: id('Run', runId), after: 2 } };
  const byPost = await app.fetch('/graphql', {
    method: 'POST',
    headers: { ...AUTHORIZED, accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify(operation),
  });
  const query = new URLSearchParams({ query: EVENTS, variables: JSON.stringify(operation.variables) });
  const byGet = await app.fetch(`/graphql/stream?${query}`, {
    headers: { ...AUTHORIZED, accept: 'text/event-stream' },
  });
  for (const response of [byPost, byGet]) {
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const text = await response.text();
    expect(text).toContain('"seq":3');
    expect(text).not.toContain('"seq":2');
    expect(text).toContain('event: complete');
  }
});

test('a list of runs hears of every run that is made or changes its status, as it is then', async () => {
  const sse = client();
  const seen: { id: string; status: string; nodeRuns: unknown[] }[] = [];
  const runIds: string[] = [];
  // What became of the runs of other tests may still be told.
  const others = new Set((await app.platform.db.run.findMany()).map((run) => id('Run', run.id)));
  await new Promise<void>((resolve, reject) => {
    sse.subscribe<{ runChanged: { run: (typeof seen)[number] } }>(
      { query: 'subscription { runChanged { run { id status title progress nodeRuns { status label } } } }' },
      {
        next: ({ data, errors }) => {
          if (errors) return reject(errors[0]);
          const { run } = data!.runChanged;
          if (others.has(run.id)) return;
          seen.push(run);
          if (run.status === 'cancelled') resolve();
        },
        error: reject,
        complete: () => {},
      },
    );
    // Whoever subscribes hears what happens from then on; a run is made until one is heard of.
    const stir = async () => {
      while (seen.length === 0) {
        runIds.push(await start());
        await new Promise((wait) => setTimeout(wait, 50));
      }
      for (const runId of runIds) await cancelRun(app.platform, runId);
    };
    stir().catch(reject);
  });
  sse.dispose();
  expect(runIds.map((runId) => id('Run', runId))).toContain(seen[0]!.id);
  expect(seen[0]).toMatchObject({ nodeRuns: [{ label: 'The file' }, { label: 'Mesh' }] });
});

test('nobody subscribes unsigned, to an unknown run, or with an id of something else', async () => {
  const runId = await start();
  for (const headers of [{}, { authorization: 'Bearer wrong' }] as Record<string, string>[]) {
    const response = await app.fetch('/graphql/stream', {
      method: 'POST',
      headers: { ...headers, accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ query: EVENTS, variables: { runId: id('Run', runId) } }),
    });
    expect(response.status).toBe(401);
  }
  await expect(watch(client(), '00000000-0000-7000-8000-000000000000').ended).rejects.toMatchObject({
    extensions: { code: 'NOT_FOUND' },
  });
  const { errors } = (await (
    await app.fetch('/graphql', {
      method: 'POST',
      headers: { ...AUTHORIZED, 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: EVENTS, variables: { runId: id('Workflow', runId) } }),
    })
  )
    .text()
    .then((text) => JSON.parse(/data: (\{.*\})/.exec(text)?.[1] ?? text))) as {
    errors: { extensions: { code: string } }[];
  };
  expect(errors[0]?.extensions.code).toBe('BAD_ID');
});

test('when the client goes away, nothing of its subscription stays behind', async () => {
  const runId = await start();
  const bus = (app.platform.events as unknown as { bus: import('node:events').EventEmitter }).bus;
  const { until, close } = watch(client(), runId);
  await until(1);
  await expect.poll(() => bus.listenerCount(runId)).toBeGreaterThan(0);
  close();
  await expect.poll(() => bus.listenerCount(runId)).toBe(0);
});

test('when the server stops, open streams break off, and a later subscriber gets the events that followed', async () => {
  const other = await startTestApp();
  try {
    const data = await createCatalogue(other.platform);
    const { runId } = await dispatch(other.platform, { cadFileId: data.cadFile.id, workflowId: data.workflow.id });
    const sse = createClient({ url: `${other.url}/graphql/stream`, headers: AUTHORIZED, retryAttempts: 0 });
    const stream = sse.iterate({ query: EVENTS, variables: { runId: id('Run', runId) } });
    expect(await stream.next()).toMatchObject({ value: { data: { runEvents: { seq: 1 } } } });
    other.stop();
    // Broken off and not completed, so that the client tries again.
    await expect(stream.next()).rejects.toThrow();
    await cancelRun(other.platform, runId);
    const events = other.platform.events.run(runId, 1);
    let last: Event | undefined;
    for await (const event of events) last = event;
    expect(last?.type).toBe('run.finished');
  } finally {
    await other.close();
  }
});
