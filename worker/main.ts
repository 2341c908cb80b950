import { DomainError } from '../modules/errors.js';
import { openPlatform } from '../runtime/platform.js';
import { readSettings } from '../runtime/settings.js';
import { watchTools } from './tools.js';
import { defaultConcurrency, startWorker } from './worker.js';
import { readWorkerArguments } from './workerArguments.js';

/** Longer than nodes get to end, shorter than the patience of who asks. */
const STOP_DEADLINE_MS = 10_000;

// npm run worker -- [--capabilities cad,blender] [--concurrency blender=2,cpu=40]
try {
  const { capabilities, ...given } = readWorkerArguments(process.argv.slice(2));
  const concurrency = { ...defaultConcurrency(), ...given.concurrency };
  const platform = await openPlatform(readSettings(process.env));
  const worker = await startWorker(platform, { capabilities, concurrency });
  const stopLooking = watchTools(platform.pool, { id: worker.id, capabilities }, platform.log);

  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    platform.log.info({ signal }, 'worker stopping');
    // With the database gone the goodbye may never end; what is not given back is found by the sweeper.
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    stopLooking();
    await worker.stop();
    await platform.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  // Started by a supervisor that is gone: nobody would stop this process any more.
  if (process.send) process.on('disconnect', () => void stop('disconnect'));

  platform.log.info({ workerId: worker.id, capabilities, concurrency, queue: platform.queues.backend }, 'worker ready');
  process.send?.({ type: 'ready', workerId: worker.id });
} catch (error) {
  if (!(error instanceof DomainError)) throw error;
  console.error(error.message);
  process.exit(1);
}
