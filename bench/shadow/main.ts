import { parseArgs } from 'node:util';
import { seed } from '../../prisma/seed.js';
import { makeLog } from '../../runtime/log.js';
import { openPlatform } from '../../runtime/platform.js';
import { dispatch } from '../../runtime/runs/dispatch.js';
import { startWorker } from '../../worker/worker.js';
import { install } from '../installation.js';
import { median, summary } from '../measure.js';

// node --import tsx bench/shadow/main.ts [--orders 6] [--rounds 2] [--edge 512] [--samples 32]
// How long a delivered legacy run takes by itself, and with a shadow run beside every one of them, by the real modules and one worker.
// Each order is placed when the one before it was delivered, so that a shadow run never finds the machine at rest.
const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '2' },
    edge: { type: 'string', default: '512' },
    samples: { type: 'string', default: '32' },
  },
});
const [orders, rounds, edge, samples] = [values.orders, values.rounds, values.edge, values.samples].map(Number);

const installation = await install();
const stops: (() => Promise<unknown>)[] = [() => installation.remove()];
try {
  const settings = installation.settings(await installation.createMigrated('bench'));
  const platform = await openPlatform(settings, { log: makeLog('warn') });
  stops.unshift(() => platform.close());
  const { db } = platform;
  const { product } = await seed(platform);
  const { id: workflowId } = await db.workflow.findUniqueOrThrow({ where: { key: 'order_still' } });
  const worker = await startWorker(platform);
  stops.unshift(() => worker.stop(0));

  const outputTypes = await Promise.all(
    (['legacy', 'shadow'] as const).map((rollout) =>
      db.outputType.create({
        data: {
          ...{ key: rollout, name: rollout, family: 'order_line', artifactKind: 'still_image', workflowId, rollout },
          overrides: { resolution: { width: edge, height: edge }, samples },
        },
      }),
    ),
  );
  let number = 0;
  /** Of another view each time, so that nothing is answered from the result cache. */
  async function deliver(outputTypeId: string): Promise<number> {
    number += 1;
    const options = { camera: { azimuthDeg: number } };
    const order = await db.order.create({
      data: { lines: { create: { lineNumber: 1, productId: product.id, outputTypeId, options } } },
      include: { lines: true },
    });
    const before = performance.now();
    const { runId } = await dispatch(platform, { orderLineId: order.lines[0]!.id });
    const status = await platform.events.ended(runId);
    if (status !== 'succeeded') throw new Error(`the run ${status}`);
    return performance.now() - before;
  }
  for (const { id } of outputTypes) await deliver(id);
  const times: Record<string, number[]> = { legacy: [], shadow: [] };
  for (let round = 0; round < rounds!; round += 1)
    for (const { id, rollout } of outputTypes)
      for (let order = 0; order < orders!; order += 1) times[rollout]!.push(await deliver(id));
  const ended = await db.run.groupBy({ by: ['status'], where: { mode: 'shadow' }, _count: true });
  const { rows: yielded } = await platform.pool.query(
    `SELECT count(*)::int AS n FROM run_event e JOIN run r ON r.id = e.run_id WHERE r.mode = 'shadow' AND e.type = 'node.released'`,
  );
  const [alone, beside] = [times.legacy!, times.shadow!];
  console.log(`still of ${edge} × ${edge} px, ${samples} samples, ${alone.length} orders each, one after the other`);
  console.log(`delivered alone ${summary(alone)}, with a shadow run each ${summary(beside)}`);
  console.log(`ratio of the medians ${(median(beside) / median(alone)).toFixed(2)}`);
  console.log(
    `shadow runs by then: ${ended.map(({ status, _count }) => `${_count} ${status}`).join(', ')}; gave way ${yielded[0].n} times`,
  );
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  for (const stop of stops) await stop();
}
