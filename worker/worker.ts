import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { validate as isUuid } from 'uuid';
import { CAPABILITIES, type Capability } from '../modules/define.js';
import { webhookSettings } from '../modules/output/webhook.js';
import { residentBlenders } from '../modules/render/residentBlender.js';
import { withLegacyPipeline } from '../runtime/legacy/plan.js';
import type { Platform } from '../runtime/platform.js';
import type { Consumer } from '../runtime/queues/queues.js';
import { enqueueReady } from '../runtime/runs/enqueueReady.js';
import { ResultCache } from '../runtime/runs/resultCache.js';
import { Executor } from './executor.js';
import { Heartbeat } from './heartbeat.js';
import { Pace } from './pace.js';
import { ParityLoop } from './parityLoop.js';
import { Plans } from './plans.js';
import { type RunAheadParts, runAhead } from './runAhead.js';
import { type NodeRunnerParts, runNode } from './runNode.js';
import { ShadowYield } from './shadowYield.js';
import { Sweeper } from './sweeper.js';
import { WebhookLoop } from './webhookLoop.js';

export interface WorkerOptions {
  capabilities?: readonly Capability[];
  /** Nodes at once by capability; what is left out keeps its default. */
  concurrency?: Partial<Record<Capability, number>>;
}

export interface RunningWorker {
  id: string;
  sweeper: Sweeper;
  parity: ParityLoop;
  webhooks: WebhookLoop;
  /** Takes no more work, lets running nodes end for `graceMs`, gives back the rest. */
  stop(graceMs?: number): Promise<void>;
}

/** CAD readers take a core each; Blender takes all of them. */
export function defaultConcurrency(): Record<Capability, number> {
  return { cpu: 20, io: 8, cad: Math.max(1, Math.floor(availableParallelism() / 2)), blender: 1 };
}

const GRACE_MS = 5_000;

/** Private directories of workers that were killed: nobody will come back for them. */
async function removeLeftovers(platform: Platform): Promise<void> {
  const parent = path.join(platform.settings.home, 'work');
  const names = (await readdir(parent)).filter((name) => isUuid(name));
  const gone = await platform.db.worker.findMany({
    where: { id: { in: names }, stoppedAt: { not: null } },
    select: { id: true },
  });
  await Promise.all(gone.map(({ id }) => rm(path.join(parent, id), { recursive: true, force: true })));
}

/** Starts a worker on an open platform. The platform stays the caller's to close. */
export async function startWorker(platform: Platform, options: WorkerOptions = {}): Promise<RunningWorker> {
  const capabilities = options.capabilities ?? CAPABILITIES;
  // Who sends webhooks must be able to sign them.
  if (capabilities.includes('io')) await platform.secrets.box();
  const id = randomUUID();
  const log = platform.log.child({ workerId: id });
  const workRoot = path.join(platform.settings.home, 'work', id);
  await mkdir(workRoot, { recursive: true });
  const concurrency = { ...defaultConcurrency(), ...options.concurrency };
  const slots = Object.fromEntries(
    CAPABILITIES.map((c) => [c, capabilities.includes(c) ? concurrency[c] : 0]),
  ) as Record<Capability, number>;
  const definition = withLegacyPipeline(platform.definition);
  const plans = new Plans(platform.pool);
  const cache = new ResultCache(platform.pool, platform.store);
  const pace = new Pace();
  const runner: NodeRunnerParts = {
    pool: platform.pool,
    definition,
    plans,
    cache,
    store: platform.store,
    workRoot,
    log,
    send: (progress) => executor.report(progress),
  };
  const ahead: RunAheadParts = { plans, pace, slots, run: (node, stop) => runNode(runner, node, stop) };
  const executor: Executor = new Executor({
    workerId: id,
    pool: platform.pool,
    log,
    slots,
    pace,
    run: (node, stop) => runAhead(ahead, node, stop),
    enqueue: (nodes) => enqueueReady({ queues: platform.queues, log }, nodes),
  });
  const heartbeat = new Heartbeat(platform.pool, platform.settings.databaseUrl, id, executor, log);
  const sweeper = new Sweeper(platform, id, heartbeat, log);
  const parity = new ParityLoop(
    platform,
    { id, workRoot, hasBlender: capabilities.includes('blender') },
    heartbeat,
    log,
  );
  const shadowYield = new ShadowYield(platform.pool, executor, log);
  const webhooks = new WebhookLoop(platform, webhookSettings(process.env), log);
  await heartbeat.start([...capabilities]);
  await removeLeftovers(platform);
  await sweeper.start();
  parity.start();
  shadowYield.start();
  // Who may not speak with the world outside has no such slots.
  if (capabilities.includes('io')) webhooks.start();
  const consumers: Consumer[] = capabilities.map((capability) => {
    const consumer = platform.queues.consume(capability, slots[capability], (job) => executor.handle(capability, job));
    consumer.on('error', (err: Error) => log.warn({ err, capability }, 'the queue reported an error'));
    return consumer;
  });
  await Promise.all(consumers.map((consumer) => consumer.waitUntilReady()));
  return {
    id,
    sweeper,
    parity,
    webhooks,
    async stop(graceMs = GRACE_MS) {
      sweeper.stop();
      shadowYield.stop();
      const drained = executor.drain(graceMs);
      await Promise.all([drained, parity.stop(), webhooks.stop(), ...consumers.map((consumer) => consumer.close())]);
      await residentBlenders.close();
      await heartbeat.stop();
      await rm(workRoot, { recursive: true, force: true });
    },
  };
}
