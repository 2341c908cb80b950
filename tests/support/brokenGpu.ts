import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { vi } from 'vitest';
import { requireTool } from './tools.js';

/** From now on Blender finds a graphics card whose driver fails at every picture; on the processor it is the real Blender. Ends with
 * `vi.unstubAllEnvs()`. */
export async function useBrokenGpu(dir: string): Promise<void> {
  const program = path.join(dir, 'blender-with-broken-gpu');
  const script = `#!/bin/sh
for last; do :; done
if grep -q '"device":"gpu' "$last"; then
  printf '\\nHM {"event":"gpu","names":["Broken card"]}\\n'
  echo 'Failed to create CUDA context (Unknown error)' >&2
  exit 3
fi
exec '${requireTool('blender')}' "$@"
`;
  await writeFile(program, script, { mode: 0o755 });
  vi.stubEnv('BLENDER_PATH', program);
}
