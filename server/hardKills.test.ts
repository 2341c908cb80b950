import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { seed } from '../prisma/seed.js';
import { OWNER } from '../runtime/access/ownership.js';
import { importCadFile } from '../runtime/library/cadFiles.js';
import { retryRun } from '../runtime/runs/retry.js';
import { createWebhook } from '../runtime/webhooks/webhooks.js';
import { encodeGlobalId as id } from '../schema/globalId.js';
import { redisUrl } from '../tests/support/database.js';
import { dispatchRun } from '../tests/support/mutationCalls.js';
import { RUN_MS } from '../tests/support/patience.js';
import { createTestPlatform, type TestPlatform } from '../tests/support/platform.js';
import { allProcesses } from '../tests/support/processes.js';
import { type Program, startProgram } from '../tests/support/programs.js';
import { ADMIN_TOKEN, apiAt } from '../tests/support/testApp.js';
import { STEP_FILE } from '../tests/support/testData.js';
import { describeWith } from '../tests/support/tools.js';
import { type Receiver, startReceiver } from '../tests/support/webhookReceiver.js';

/** Who is killed, in this order: the first one while it renders, the others at moments that nobody chose. */
const KILLED = ['worker', 'server', 'worker', 'other worker', 'server', 'worker', 'other worker'] as const;
const MOST_MS_BETWEEN = 4_000;
const PUBLISHING = ['publish', 'publish_turntable', 'publish_blend'];

describeWith('blender', 'a studio whose processes are killed while runs are under way', () => {
  describe('with jobs on PostgreSQL', () => onBackend(async () => null));
  describeWith('redis-server', 'with jobs on Redis', () => onBackend(redisUrl));
});

function onBackend(redis: () => Promise<string | null>) {
  let test: TestPlatform;
  let seeded: Awaited<ReturnType<typeof seed>>;
  /** Who is told by `output.notify`, and who by webhook. */
  let told: Receiver;
  let subscriber: Receiver;
  let env: NodeJS.ProcessEnv;
  const programs = new Map<(typeof KILLED)[number], Program>();

  beforeAll(async () => {
    vi.stubEnv('HARTOMAT_WEBHOOK_ALLOW_HOSTS', '127.0.0.1');
    test = await createTestPlatform();
    seeded = await seed(test.platform);
    [told, subscriber] = await Promise.all([startReceiver(), startReceiver()]);
    const { home, databaseUrl, artifactDir } = test.platform.settings;
    env = {
      DATABASE_URL: databaseUrl,
      REDIS_URL: (await redis()) ?? '',
      HARTOMAT_HOME: home,
      ARTIFACT_URL: pathToFileURL(artifactDir).href,
      HARTOMAT_ADMIN_TOKEN: ADMIN_TOKEN,
      LOG_LEVEL: 'fatal',
      PORT: '0',
    };
    await start('server');
    env.PORT = new URL(programs.get('server')!.url).port;
    await Promise.all([start('worker'), start('other worker')]);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    for (const program of programs.values()) await program.kill();
    await Promise.all([told?.close(), subscriber?.close()]);
    await test?.remove();
  });

  async function start(name: (typeof KILLED)[number]) {
    programs.set(
      name,
      name === 'server'
        ? await startProgram('server/main.ts', env)
        : await startProgram('worker/main.ts', env, ['--concurrency', 'blender=1']),
    );
  }

  /** Asks as partners do: with a key, and again when the server went away over it. */
  async function dispatch(input: object): Promise<any> {
    const keyed = { ...input, idempotencyKey: randomUUID() };
    for (;;) {
      try {
        return await dispatchRun(apiAt(programs.get('server')!.url), keyed);
      } catch (error) {
        // The connection broke, or the answer did.
        if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
        await sleep(100);
      }
    }
  }

  async function isRendering(name: (typeof KILLED)[number]): Promise<boolean> {
    const worker = await test.platform.db.worker.findFirstOrThrow({ where: { pid: programs.get(name)!.child.pid! } });
    const rendering = { workerId: worker.id, status: 'running', capability: 'blender' } as const;
    return (await test.platform.db.nodeRun.count({ where: rendering })) > 0;
  }

  /** An output type that makes one of everything, in small, and tells `told`; with lines that ask for it. */
  async function orderLines(count: number): Promise<string[]> {
    const { db } = test.platform;
    const published = await db.workflowVersion.findFirstOrThrow({ where: { workflow: { key: 'order_all' } } });
    const graph = structuredClone(published.graph) as unknown as { nodes: { step: string; params?: object }[] };
    graph.nodes.find(({ step }) => step === 'notify')!.params = { channel: 'webhook', url: told.url };
    const workflow = await db.workflow.create({
      data: {
        ...{ key: 'everything', name: 'Everything', family: 'order_line', draft: graph as never },
        versions: { create: { number: 1, graph: graph as never } },
      },
    });
    const outputType = await db.outputType.create({
      data: {
        ...{ key: 'everything', name: 'Everything', family: 'order_line', artifactKind: 'still_image' },
        ...{ rollout: 'graph', workflowId: workflow.id },
        overrides: {
          ...{ engine: 'workbench', samples: 1, denoise: false, shadow: false, format: 'frames' },
          ...{ resolution: { width: 48, height: 48 }, animation: { frames: 12, fps: 4 } },
        },
      },
    });
    const lines = Array.from({ length: count }, (_, i) => ({
      ...{ lineNumber: i + 1, productId: seeded.product.id, outputTypeId: outputType.id },
      // Each something else, so that nothing comes out of the cache.
      options: { resolution: { width: 48 + i, height: 48 } },
    }));
    const order = await db.order.create({ data: { lines: { create: lines } }, include: { lines: true } });
    return order.lines.map((line) => id('OrderLine', line.id));
  }

  it('brings every run to its end, publishes each asset once and tells each message with one id', async () => {
    const { db } = test.platform;
    const webhook = { name: 'Shop', url: subscriber.url, eventTypes: ['run.succeeded'] };
    await createWebhook(test.platform, OWNER, webhook);
    const { id: workflowId } = await db.workflow.findUniqueOrThrow({ where: { key: 'cad_intake' } });
    const cadFile = await importCadFile(test.platform, { name: 'bearing.step', content: createReadStream(STEP_FILE) });
    const intake = { cadFileId: id('CadFile', cadFile.id), workflowId: id('Workflow', workflowId) };

    const asked = [intake, intake, ...(await orderLines(4)).map((orderLineId) => ({ orderLineId }))];
    const askAll = async () => {
      for (const input of asked) {
        expect(await dispatch(input)).toMatchObject({ __typename: 'Run' });
        await sleep(Math.random() * 1_000);
      }
    };
    const killAll = async () => {
      await expect.poll(() => isRendering('worker'), { interval: 20 }).toBe(true);
      for (const name of KILLED) {
        await programs.get(name)!.kill();
        await start(name);
        await sleep(Math.random() * MOST_MS_BETWEEN);
      }
    };
    await Promise.all([askAll(), killAll()]);

    const open = () => db.run.count({ where: { status: { in: ['queued', 'running', 'cancelling'] } } });
    const allEnd = () => expect.poll(open, { timeout: RUN_MS }).toBe(0);
    await allEnd();
    // A node that lost three workers is given up; whoever operates has it tried once more.
    for (const run of await db.run.findMany({ where: { status: 'failed' } })) {
      expect(run.failure).toMatchObject({ code: 'WORKER_LOST' });
      await retryRun(test.platform, run.id);
    }
    await allEnd();

    const runs = await db.run.findMany({ include: { nodeRuns: true, assets: true } });
    expect(runs.map(({ status }) => status)).toEqual(asked.map(() => 'succeeded'));
    for (const run of runs) {
      expect(new Set(run.nodeRuns.map(({ status }) => status))).toEqual(new Set(['succeeded']));
      const events = await db.runEvent.findMany({ where: { runId: run.id }, orderBy: { seq: 'asc' } });
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
      expect(run.assets.map(({ nodeId }) => nodeId).sort()).toEqual(run.orderLineId ? PUBLISHING.toSorted() : []);
    }
    expect(runs.flatMap(({ nodeRuns }) => nodeRuns).some(({ attempt }) => attempt > 1)).toBe(true);

    const ofLines = runs.filter(({ orderLineId }) => orderLineId).map((run) => run.id);
    expect(new Set(told.received.map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set(ofLines.map((runId) => `${runId}/notify`)),
    );

    // What a killed worker was sending is held for a minute.
    const isSent = async () => {
      await db.$executeRaw`UPDATE webhook_delivery SET next_attempt_at = now() WHERE status = 'pending' AND next_attempt_at > now()`;
      return (await db.webhookDelivery.findMany()).map(({ status }) => status);
    };
    await expect.poll(isSent, { interval: 2_000 }).toEqual(asked.map(() => 'delivered'));
    const messages = new Set(
      subscriber.received.map(({ headers, event }) => `${event.data.run.id} ${headers['webhook-id']}`),
    );
    expect([...messages].map((message) => message.split(' ')[0]).sort()).toEqual(
      runs.map((run) => id('Run', run.id)).sort(),
    );

    // What rendered for a killed worker went with it.
    const { home } = test.platform.settings;
    for (const program of programs.values()) await program.kill();
    const left = async () => (await allProcesses()).filter(({ command }) => command.includes(home));
    await expect.poll(left).toEqual([]);
  });
}
