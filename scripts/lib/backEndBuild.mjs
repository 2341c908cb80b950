import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT } from './packages.mjs';

// Plain JavaScript: this decides whether TypeScript has to be loaded at all.

const BUILDS = path.join(PROJECT, 'dist/backend');
export const ROOMS = ['modules', 'workflow', 'runtime', 'schema', 'server', 'worker', 'prisma', 'scripts'];
/** What is started or loaded by its own file name. */
export const ENTRIES = {
  supervise: 'scripts/supervise.ts',
  server: 'server/main.ts',
  worker: 'worker/main.ts',
  packageApi: 'workflow/packageApi.ts',
  occtChild: 'modules/cad/occtChild.ts',
  occtThread: 'modules/cad/occtThread.ts',
  pictureChild: 'modules/pictures/pictureChild.ts',
};
/** Builds of other states that are kept: a running installation still loads parts of its own. */
const KEPT = 2;

/** Where the back end lies as JavaScript, when it was built from the sources as they are now.
 * @returns {Promise<string | null>} a directory with `server.js`, `worker.js`, `supervise.js`. */
export async function currentBackEnd() {
  const directory = path.join(BUILDS, await stampOfSources());
  return existsSync(directory) ? directory : null;
}

/** Builds the back end: the same code as under tsx, in few files, so that starting it does not compile hundreds.
 * The Prisma client must have been generated.
 * @returns {Promise<string>} the directory. */
export async function buildBackEnd() {
  const { build } = await import('esbuild');
  const directory = path.join(BUILDS, await stampOfSources());
  const unfinished = `${directory}.${process.pid}`;
  await mkdir(BUILDS, { recursive: true });
  await build({
    absWorkingDir: PROJECT,
    entryPoints: ENTRIES,
    outdir: unfinished,
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    keepNames: true,
    logLevel: 'error',
    plugins: [ownAddresses],
  });
  await rename(unfinished, directory).catch(async (error) => {
    // Another start was quicker with the same sources.
    if (!existsSync(directory)) throw error;
    await rm(unfinished, { recursive: true });
  });
  await removeOld(directory);
  return directory;
}

/** Sources find what lies beside them by `import.meta.url`. Built, they still do; only what was built too is found there. */
const ownAddresses = {
  name: 'own addresses',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const contents = source.replaceAll(
        /new URL\('(\.[^']+\.ts)', import\.meta\.url\)|import\.meta\.url/g,
        (whole, target) => {
          const built = target && Object.keys(ENTRIES).find((name) => isEntry(name, path.join(file, '..', target)));
          if (built) return `new URL('./${built}.js', import.meta.url)`;
          const own = `new URL(${JSON.stringify(`../../../${path.relative(PROJECT, file)}`)}, import.meta.url).href`;
          return target ? `new URL('${target}', ${own})` : own;
        },
      );
      return { contents, loader: 'ts' };
    });
  },
};

const isEntry = (name, file) => path.join(PROJECT, ENTRIES[name]) === file;

async function stampOfSources() {
  const hash = createHash('sha256');
  const files = (
    await Promise.all(
      ROOMS.map(async (room) =>
        (
          await readdir(path.join(PROJECT, room), { recursive: true })
        )
          .filter((name) => /\.(ts|mjs|json|prisma)$/.test(name) && !/\.test\.ts$/.test(name))
          .map((name) => path.join(room, name)),
      ),
    )
  )
    .flat()
    .sort();
  for (const file of [...files, 'package-lock.json', 'tsconfig.json'])
    hash.update(`${file}\0`).update(await readFile(path.join(PROJECT, file)));
  return hash.digest('hex').slice(0, 16);
}

async function removeOld(newest) {
  const others = (await readdir(BUILDS)).map((name) => path.join(BUILDS, name)).filter((name) => name !== newest);
  const aged = await Promise.all(others.map(async (name) => ({ name, madeMs: (await stat(name)).mtimeMs })));
  aged.sort((a, b) => b.madeMs - a.madeMs);
  for (const { name } of aged.slice(KEPT)) await rm(name, { recursive: true, force: true });
}
