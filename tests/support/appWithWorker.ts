import { openPlatform } from '../../runtime/platform.js';
import { type RunningWorker, startWorker } from '../../worker/worker.js';
import { startTestApp, type TestApp } from './testApp.js';
import { testDefinition } from './testModules.js';

/** A server and a worker with connections of their own, as two processes have. */
export interface AppWithWorker {
  app: TestApp;
  worker: RunningWorker;
  close(): Promise<void>;
}

export async function startAppWithWorker(
  services: Pick<NonNullable<Parameters<typeof startTestApp>[0]>, 'database' | 'redisUrl'>,
): Promise<AppWithWorker> {
  const app = await startTestApp({ definition: testDefinition, ...services });
  const { settings, log } = app.platform;
  const ofWorker = await openPlatform(settings, { definition: testDefinition, log, maxConnections: 4 });
  const worker = await startWorker(ofWorker, { concurrency: { cpu: 4, cad: 2, io: 2 } });
  return {
    app,
    worker,
    async close() {
      await worker.stop(0);
      await ofWorker.close();
      await app.close();
    },
  };
}
