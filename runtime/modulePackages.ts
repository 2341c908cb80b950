import { existsSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { register } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DomainError } from '../modules/errors.js';
import { packageDefinitions } from '../workflow/modulePackage.js';
import type { NodeDefinition } from '../workflow/nodeDefinition.js';

/** What module packages import. */
const API = 'hartomat/modules';
const API_FILE = new URL('../workflow/packageApi.ts', import.meta.url).href;
const PROJECT = fileURLToPath(new URL('..', import.meta.url));
/** Conditions of a package's "exports" that hold here. */
const CONDITIONS = ['node', 'import', 'default'];

/** Loads module packages, named as in `import`, or by the path of a file or a directory.
 * Looks in the working directory, then in the data directory, then in HartOMat's own packages.
 * @param builtIn what the packages must not shadow.
 * @throws {DomainError} `MODULE_PACKAGE_MISSING`, `MODULE_PACKAGE_BROKEN`, `MODULE_PACKAGE_INVALID`, each naming the package. */
export async function loadModulePackages(
  names: readonly string[],
  home: string,
  builtIn: readonly NodeDefinition[],
): Promise<NodeDefinition[]> {
  if (names.length > 0) offerApi();
  const taken = new Set(builtIn.flatMap(({ step, module }) => [step, module.key]));
  const definitions: NodeDefinition[] = [];
  for (const name of names) {
    const file = await entryFile(name, [process.cwd(), home, PROJECT]);
    const exported = await import(pathToFileURL(file).href).catch((error) => {
      throw broken(name, (error as Error)?.message ?? String(error));
    });
    const own = packageDefinitions(name, exported, taken);
    for (const { step } of own) taken.add(step);
    definitions.push(...own);
  }
  return definitions;
}

let isOffered = false;

/** `hartomat/modules` means the HartOMat that loads the package, wherever the package lies and whatever it was built against:
 * two copies of an error class or of a schema would not know each other. */
function offerApi(): void {
  if (isOffered) return;
  isOffered = true;
  const hook = `export const resolve = (name, context, next) => next(name === '${API}' ? ${JSON.stringify(API_FILE)} : name, context);`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
}

/** The file that `import` would begin with. */
async function entryFile(name: string, bases: readonly string[]): Promise<string> {
  const isPath = path.isAbsolute(name) || /^\.\.?([/\\]|$)/.test(name);
  const candidates = isPath
    ? bases.map((base) => path.resolve(base, name))
    : bases.flatMap((base) => above(base, name));
  const found = candidates.find((candidate) => existsSync(candidate));
  if (!found)
    throw new DomainError(
      'MODULE_PACKAGE_MISSING',
      `HARTOMAT_MODULES names the module package "${name}", which is not there. Install it in ${bases.slice(0, 2).join(' or ')}, or correct the setting.`,
    );
  const target = await realpath(found);
  return (await stat(target)).isDirectory() ? entryOf(name, target) : target;
}

/** Where a package of this name may be installed, nearest first. */
function above(base: string, name: string): string[] {
  const parent = path.dirname(base);
  return [path.join(base, 'node_modules', name), ...(parent === base ? [] : above(parent, name))];
}

async function entryOf(name: string, directory: string): Promise<string> {
  const manifest = await readFile(path.join(directory, 'package.json'), 'utf8')
    .then((text) => JSON.parse(text) as { type?: unknown; main?: unknown; exports?: unknown })
    .catch((error: NodeJS.ErrnoException) => {
      throw broken(name, error.code === 'ENOENT' ? 'it has no package.json' : `its package.json: ${error.message}`);
    });
  if (manifest.type !== 'module') throw broken(name, 'it must be an ES module ("type": "module" in its package.json)');
  const entry = exported(manifest.exports) ?? (typeof manifest.main === 'string' ? manifest.main : 'index.js');
  const file = path.resolve(directory, entry);
  if (!existsSync(file)) throw broken(name, `its entry ${entry} is not there`);
  return file;
}

/** The target of "." in a package's "exports". */
function exported(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (Array.isArray(exports)) return exports.map(exported).find((target) => target !== undefined);
  if (typeof exports !== 'object' || exports === null) return undefined;
  for (const [key, target] of Object.entries(exports)) {
    if (key !== '.' && !CONDITIONS.includes(key)) continue;
    const found = exported(target);
    if (found !== undefined) return found;
  }
  return undefined;
}

const broken = (name: string, why: string) =>
  new DomainError('MODULE_PACKAGE_BROKEN', `The module package "${name}" could not be loaded: ${why}.`);
