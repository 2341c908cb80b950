import { afterAll, beforeAll, describe } from 'vitest';
import type { Platform } from '../../runtime/platform.js';
import { type RunningWorker, startWorker } from '../../worker/worker.js';
import { redisUrl } from './database.js';
import { createTestPlatform, type TestPlatform } from './platform.js';
import { testDefinition } from './testModules.js';
import { describeWith } from './tools.js';

/** A platform with the test modules, and one worker on it. */
export interface Engine {
  test: TestPlatform;
  platform: Platform;
  worker: RunningWorker;
}

/** The same tests on each queue backend: what a run does must not depend on what carries its jobs. `engine` is there once they run. */
export function onEachBackend(what: string, tests: (engine: Engine) => void): void {
  describe(`${what} on PostgreSQL`, () => onBackend(async () => null, tests));
  describeWith('redis-server', `${what} on Redis`, () => onBackend(redisUrl, tests));
}

function onBackend(redis: () => Promise<string | null>, tests: (engine: Engine) => void): void {
  const engine = {} as Engine;
  beforeAll(async () => {
    engine.test = await createTestPlatform({ definition: testDefinition, redisUrl: await redis() });
    engine.platform = engine.test.platform;
    const concurrency = { cpu: 4, cad: 4, io: 2 };
    engine.worker = await startWorker(await engine.test.another({ maxConnections: 4 }), { concurrency });
  });
  afterAll(async () => {
    await engine.worker?.stop(0);
    await engine.test?.remove();
  });
  tests(engine);
}
