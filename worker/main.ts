import { parseArgs } from 'node:util';
import { CAPABILITIES, type Capability } from '../modules/define.js';
import { DomainError } from '../modules/errors.js';
import { openPlatform } from '../runtime/platform.js';
import { readSettings } from '../runtime/settings.js';
import { watchTools } from './tools.js';
import { defaultConcurrency, startWorker } from './worker.js';

/** Longer than nodes get to end, shorter than the patience of who asks. */
const STOP_DEADLINE_MS = 10_000;

// npm run worker -- [--capabilities cad,blender] [--concurrency blender=2,cpu=40]
const { values } = parseArgs({ options: { capabilities: { type: 'string' }, concurrency: { type: 'string' } } });

function capabilityNamed(name: string): Capability {
  const found = CAPABILITIES.find((capability) => capability === name.trim());
  if (!found)
    throw new DomainError(
      'ARGUMENT_INVALID',
      `There is no capability "${name}". Choose from ${CAPABILITIES.join(', ')}.`,
    );
  return found;
}

function concurrencyOf(text: string): Partial<Record<Capability, number>> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [name = '', count] = pair.split('=');
      const number = Number(count);
      if (!Number.isInteger(number) || number < 1 || number > 1_000)
        throw new DomainError('ARGUMENT_INVALID', `"${pair}" is not a number of slots; write for example cpu=20.`);
      return [capabilityNamed(name), number];
    }),
  );
}

try {
  const capabilities = values.capabilities?.split(',').map(capabilityNamed) ?? CAPABILITIES;
  const concurrency = { ...defaultConcurrency(), ...(values.concurrency ? concurrencyOf(values.concurrency) : {}) };
  const platform = await openPlatform(readSettings(process.env));
  const worker = await startWorker(platform, { capabilities, concurrency });
  platform.log.info({ workerId: worker.id, capabilities, concurrency, queue: platform.queues.backend }, 'worker ready');
  process.send?.({ type: 'ready', workerId: worker.id });
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
} catch (error) {
  if (!(error instanceof DomainError)) throw error;
  console.error(error.message);
  process.exit(1);
}
