/** Entry of a thread that reads STEP files; talks to `occtThreads.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { preloadOcct, readStep, useCompiled } from './occtReader.js';
import type { ThreadAnswer, ThreadRequest } from './occtThreads.js';

useCompiled(workerData);
void preloadOcct();
parentPort!.on('message', async ({ bytes, tessellation }: ThreadRequest) => {
  const answer = await readStep(bytes, tessellation).then(
    (result): ThreadAnswer => ({ result }),
    (error): ThreadAnswer => ({ reason: error instanceof Error ? error.message : String(error) }),
  );
  const bodies = 'result' in answer ? answer.result.roots.flatMap((root) => root.bodies) : [];
  const arrays = bodies.flatMap(({ positions, normals, indices }) => [positions, normals, indices]);
  parentPort!.postMessage(
    answer,
    arrays.flatMap((array) => (array ? [array.buffer as ArrayBuffer] : [])),
  );
});
