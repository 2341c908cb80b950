import { seed } from '../../prisma/seed.js';
import { makeLog } from '../../runtime/log.js';
import { createOrderLine } from '../../runtime/orders/orders.js';
import { openPlatform, type Platform } from '../../runtime/platform.js';
import { dispatch } from '../../runtime/runs/dispatch.js';
import { type RunningWorker, startWorker } from '../../worker/worker.js';
import { install } from '../installation.js';
import type { Comparison } from './comparison.js';

const FRAMES = 24;
const ROUNDS = 2;
const LOOK = { resolution: { width: 256, height: 256 }, samples: 16, denoise: false, format: 'mp4' };

/** A turntable of the bearing, ordered and rendered by the whole system, at one and at two workers in turn; beside the same with all
 * frames in one part, so that what the parts cost can be seen. */
export async function turntableBench(print: (line: string) => void): Promise<Comparison[]> {
  const installation = await install();
  const platforms: Platform[] = [];
  let workers: RunningWorker[] = [];
  try {
    const settings = installation.settings(await installation.createMigrated('bench'));
    const open = async () => {
      const platform = await openPlatform(settings, { log: makeLog('error') });
      platforms.push(platform);
      return platform;
    };
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
    await installation.remove();
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
