import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const project = fileURLToPath(new URL('../..', import.meta.url));
const stampFile = join(project, 'generated/.stamp');

/** Generates the Prisma client and its Pothos types when prisma/schema.prisma or the generators changed.
 * @returns whether there was anything to do. */
export async function ensureGenerated(say: (line: string) => void = () => {}): Promise<boolean> {
  const stamp = await wantedStamp();
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return false;
  say('Generating the database client.');
  const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
  await rm(stampFile, { force: true });
  try {
    await exec(process.execPath, [cli, 'generate'], {
      cwd: project,
      env: {
        ...process.env,
        // Generators are found by the name of their command.
        PATH: `${join(project, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
        PRISMA_SCHEMA_ENGINE_BINARY: await idleEngine(),
        CHECKPOINT_DISABLE: '1',
        NO_COLOR: '1',
      },
    });
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr || (error as Error).message);
    throw new Error(`The database client could not be generated: ${said.trim()}`);
  }
  await writeFile(stampFile, stamp);
  return true;
}

/** Every Prisma command downloads its schema engine unless it is given one; `generate` never calls it. */
async function idleEngine(): Promise<string> {
  const dir = join(project, 'node_modules/.cache/hartomat');
  const file = join(dir, 'no-schema-engine');
  await mkdir(dir, { recursive: true });
  await writeFile(file, '#!/bin/sh\nexit 0\n');
  await chmod(file, 0o755);
  return file;
}

async function wantedStamp(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(project, 'prisma/schema.prisma')));
  for (const name of ['prisma', '@prisma/client', '@pothos/plugin-prisma'])
    hash.update(
      (JSON.parse(await readFile(join(project, 'node_modules', name, 'package.json'), 'utf8')) as { version: string })
        .version,
    );
  return hash.digest('hex');
}
