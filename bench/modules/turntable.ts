import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '../../prisma/migrate.js';
import { seed } from '../../prisma/seed.js';
import { dispatch } from '../../runtime/dispatch.js';
import { makeLog } from '../../runtime/log.js';
import { createOrderLine } from '../../runtime/orders.js';
import { openPlatform, type Platform } from '../../runtime/platform.js';
import { startPostgres } from '../../scripts/lib/postgres.js';
import { type RunningWorker, startWorker } from '../../worker/worker.js';
import type { Comparison } from './comparison.js';

const FRAMES = 24;
const ROUNDS = 2;
const LOOK = { resolution: { width: 256, height: 256 }, samples: 16, denoise: false, format: 'mp4' };

/** A turntable of the bearing, ordered and rendered by the whole system, at one and at two workers in turn; beside the same with all
 * frames in one part, so that what the parts cost can be seen. */
export async function turntableBench(print: (line: string) => void): Promise<Comparison[]> {
  const dir = await mkdtemp(path.join(tmpdir(), 'hartomat-bench-'));
  // Root runs the database as a user of its own, who must get there.
  await chmod(dir, 0o755);
  const postgres = await startPostgres({
    dataDir: path.join(dir, 'postgres'),
    logFile: path.join(dir, 'postgres.log'),
    password: 'bench',
    settings: {},
  });
  const platforms: Platform[] = [];
  const open = async () => {
    const settings = {
      ...{ port: 0, host: '127.0.0.1', redisUrl: null, blenderPath: null, adminToken: null, modulePackages: [] },
      home: dir,
      databaseUrl: postgres.url('postgres'),
      artifactDir: path.join(dir, 'artifacts'),
    };
    const platform = await openPlatform(settings, { log: makeLog('error') });
    platforms.push(platform);
    return platform;
  };
  let workers: RunningWorker[] = [];
  try {
    await migrate(postgres.url('postgres'));
    const platform = await open();
    const { product } = await seed(platform);
    let turns = 0;
    const render = async (frames: number) => {
      // Another start angle each time: what is rendered already would not be rendered again.
      turns += 1;
      const animation = { frames, fps: 24, startDeg: turns / 100 };
      return timed(platform, product.id, { ...LOOK, animation });
    };
    workers = [await startWorker(platform)];
    await render(2);
    const one: number[] = [];
    const two: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      one.push(await render(FRAMES));
      const second = await startWorker(await open());
      two.push(await render(FRAMES));
      await second.stop();
    }
    await setFramesPerPart(platform, FRAMES);
    const whole = await render(FRAMES);
    print(
      `Turntable of the bearing, ${FRAMES} frames, 256 px, 16 samples, from dispatch to the published film, s (best of ${ROUNDS})`,
    );
    print(`  1 worker, 6 parts     ${seconds(Math.min(...one))}`);
    print(`  2 workers, 6 parts    ${seconds(Math.min(...two))}`);
    print(`  1 worker, 1 part      ${seconds(whole)}`);
    print(
      `  2 workers ÷ 1 worker  ${(Math.min(...two) / Math.min(...one)).toFixed(2)} (both on this machine, where Blender uses every core)`,
    );
    return [
      {
        what: `a turntable of ${FRAMES} frames, 2 workers`,
        ours: Math.min(...two),
        beside: '1 worker',
        theirs: Math.min(...one),
      },
    ];
  } finally {
    for (const worker of workers) await worker.stop(0);
    for (const platform of platforms) await platform.close();
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

const seconds = (ms: number) => (ms / 1000).toFixed(1);

async function timed(platform: Platform, productId: string, options: object): Promise<number> {
  const { id: outputTypeId } = await platform.db.outputType.findUniqueOrThrow({ where: { key: 'turntable_360' } });
  const line = await createOrderLine(platform, { productId, outputTypeId, options: options as never });
  const startedAt = performance.now();
  const { runId } = await dispatch(platform, { orderLineId: line.id });
  await platform.events.ended(runId, AbortSignal.timeout(600_000));
  const run = await platform.db.run.findUniqueOrThrow({ where: { id: runId } });
  if (run.status !== 'succeeded') throw new Error(`The turntable failed: ${JSON.stringify(run.failure)}`);
  return performance.now() - startedAt;
}

async function setFramesPerPart({ db }: Platform, chunkFrames: number): Promise<void> {
  const { id, draft } = await db.workflow.findUniqueOrThrow({ where: { key: 'order_turntable' } });
  const graph = structuredClone(draft) as { nodes: { id: string; params?: object }[] };
  for (const node of graph.nodes) if (node.id === 'turntable') node.params = { ...node.params, chunkFrames };
  await db.workflowVersion.create({ data: { workflowId: id, number: 2, graph: graph as never } });
}
