import { mkdir } from 'node:fs/promises';
import type { ModuleContext } from '../../modules/context.js';
import type { ProductionModule } from '../../modules/define.js';
import { DomainError, ModuleError } from '../../modules/errors.js';
import { FileArtifactStore } from '../../runtime/artifacts/fileStore.js';
import { MemoryCheckpoints } from '../../runtime/runs/memoryCheckpoints.js';
import { moduleArtifacts } from '../../runtime/runs/moduleArtifacts.js';
import type { HostAnswer, HostRequest } from './modulesApart.js';

// Runs modules for tests/support/modulesApart.ts, as a worker does but without queue and database.

/** The file that exports them as `MODULES`. */
const { MODULES } = (await import(process.argv[2]!)) as { MODULES: Record<string, ProductionModule> };
const running = new Map<number, AbortController>();
const answer = (message: HostAnswer) => process.send!(message);

async function run({ id, key, inputs, params, workdir, storeDir }: Extract<HostRequest, { op: 'run' }>): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  await mkdir(workdir, { recursive: true });
  const ctx: ModuleContext = {
    artifacts: moduleArtifacts(new FileArtifactStore(storeDir), { workdir, inputs: workdir }, stop.signal),
    checkpoints: new MemoryCheckpoints(),
    progress: (fraction) => answer({ id, type: 'progress', fraction }),
    log: () => {},
    signal: stop.signal,
    idempotencyKey: `contract/${key}`,
    workdir,
  };
  try {
    const module = MODULES[key]!;
    const work = module.run(ctx, inputs, module.params.parse(params));
    answer({ id, type: 'started' });
    answer({ id, type: 'done', values: await work });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: typeof error, message: String(error) };
    answer({
      id,
      type: 'failed',
      name,
      message,
      code: error instanceof DomainError ? error.code : null,
      failureClass: error instanceof ModuleError ? error.failureClass : null,
    });
  } finally {
    running.delete(id);
  }
}

process.on('message', (request: HostRequest) => {
  if (request.op === 'run') void run(request);
  else running.get(request.id)?.abort('cancelled');
});
process.on('disconnect', () => process.exit(0));
