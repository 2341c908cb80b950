import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const project = fileURLToPath(new URL('../..', import.meta.url));
/** Outside dist/client: Vite empties that. */
const stampFile = join(project, 'dist/client.stamp');

/** Builds the console when its sources, Vite's settings or the packages changed.
 * @returns whether there was anything to do. */
export async function ensureClientBuilt(say: (line: string) => void): Promise<boolean> {
  const stamp = await sourceStamp();
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return false;
  say('Building the console.');
  await rm(stampFile, { force: true });
  const vite = join(project, 'node_modules/vite/bin/vite.js');
  try {
    await exec(process.execPath, [vite, 'build', '--logLevel', 'error'], {
      cwd: project,
      env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
    });
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr || (error as Error).message).trim();
    throw new Error(`The console could not be built: ${said}`);
  }
  await mkdir(join(project, 'dist'), { recursive: true });
  await writeFile(stampFile, stamp);
  return true;
}

async function sourceStamp(): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(join(project, 'client'), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of [
    ...files,
    join(project, 'vite.config.ts'),
    join(project, 'scripts/lib/inlineDocuments.ts'),
    join(project, 'package-lock.json'),
  ])
    hash
      .update(file.slice(project.length))
      .update('\0')
      .update(await readFile(file))
      .update('\0');
  return hash.digest('hex');
}
