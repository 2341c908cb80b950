import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PATIENCE_MS, TEST_MS } from './support/patience.js';

// Does what docs/modules.md says of a module of HartOMat, in a copy, and lets the tests of all modules look at what comes of it. The same
// example as a package of its own is tested by server/modulePackages.test.ts.

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const COPIED = ['modules', 'workflow', 'runtime', 'prisma', 'tests', 'generated', 'package.json', 'tsconfig.json'];
const KEY = 'materials.estimate_weight';

let copy: string;
/** Code of the guide by the first words of its block, or by the file that a comment in it names. */
const guide = new Map<string, string>();

beforeAll(async () => {
  copy = await mkdtemp(path.join(tmpdir(), 'hartomat-own-module-'));
  for (const name of COPIED) await cp(path.join(PROJECT, name), path.join(copy, name), { recursive: true });
  await symlink(path.join(PROJECT, 'node_modules'), path.join(copy, 'node_modules'));
  const text = await readFile(path.join(PROJECT, 'docs/modules.md'), 'utf8');
  for (const [, block] of text.matchAll(/^ *```ts\n([\s\S]*?)^ *```$/gm)) {
    const pieces = block!.split(/^ *\/\/ ([\w/.]+)(?:;.*)?\n/m);
    if (pieces.length === 1) guide.set(block!.trim().split(':')[0]!, block!);
    for (let at = 1; at < pieces.length; at += 2) guide.set(pieces[at]!, pieces[at + 1]!);
  }
});
afterAll(() => rm(copy, { recursive: true, force: true }));

async function change(file: string, edit: (text: string) => string): Promise<void> {
  const text = await readFile(path.join(copy, file), 'utf8');
  const edited = edit(text);
  expect(edited, `nothing changed in ${file}`).not.toBe(text);
  await writeFile(path.join(copy, file), edited);
}

/** The example with the key and the imports that the guide names. */
async function example(): Promise<string> {
  const source = await readFile(path.join(PROJECT, 'docs/examples/own-module/estimateWeight.ts'), 'utf8');
  const imports = [
    "import { z } from 'zod';",
    "import { artifactPort, dataPort, defineModule } from '../define.js';",
    "import { ModuleError } from '../errors.js';",
    "import { converted } from '../upgrades.js';",
  ];
  return source
    .replace(/^import .* from 'hartomat\/modules';/m, imports.join('\n'))
    .replace('studio.estimate_weight', KEY);
}

/** What the compiler says of the files that the guide changes, and of what they import. */
async function typeErrors(...files: string[]): Promise<string> {
  const config = path.join(copy, 'tsconfig.own.json');
  const compilerOptions = { incremental: false, tsBuildInfoFile: null };
  await writeFile(config, JSON.stringify({ extends: './tsconfig.json', compilerOptions, files, include: [] }));
  const tsc = path.join(PROJECT, 'node_modules/.bin/tsc');
  return promisify(execFile)(tsc, ['--project', config, '--pretty', 'false'], { cwd: copy }).then(
    () => '',
    (failed: { stdout: string }) => failed.stdout,
  );
}

it('a module that is made as the guide says fits its types, and passes the tests of all modules', async () => {
  await writeFile(path.join(copy, 'modules/materials/estimate_weight.ts'), await example());
  await change('modules/registry.ts', (text) =>
    `import { estimateWeight } from './materials/estimate_weight.js';\n${text}`.replace(
      'export const MODULES = {',
      `$&\n${guide.get('modules/registry.ts')}`,
    ),
  );
  await change('workflow/nodeDefinitions.ts', (text) =>
    text.replace(/^const SPECS.* = \{$/m, (line) => `${line}\n${guide.get('workflow/nodeDefinitions.ts')}`),
  );
  await change('modules/paramHistory.json', (text) =>
    text.replace('{', `{\n${guide.get('modules/paramHistory.json')}`),
  );
  await change('tests/support/moduleSamples.ts', (text) =>
    text.replace(/^ {2}'materials\.resolve_map': \{$/m, (line) => `${guide.get(`'${KEY}'`)}\n${line}`),
  );
  expect(
    await typeErrors(
      ...['modules/materials/estimate_weight.ts', 'modules/registry.ts', 'workflow/nodeDefinitions.ts'],
      'tests/support/moduleSamples.ts',
    ),
  ).toBe('');
  const config = {
    include: ['modules/{contracts,registry,paramHistory}.test.ts', 'workflow/nodeDefinitions.test.ts'],
    ...{ pool: 'forks', maxWorkers: 1, testTimeout: TEST_MS, hookTimeout: TEST_MS },
    expect: { poll: { timeout: PATIENCE_MS } },
  };
  await writeFile(path.join(copy, 'vitest.config.ts'), `export default { test: ${JSON.stringify(config)} };\n`);

  const report = path.join(copy, 'report.json');
  const made = 'cad\\.resolve_step_path|cad\\.extract_objects';
  const args = ['vitest', 'run', '--reporter=json', `--outputFile=${report}`, '-t', `${made}|estimate_weight`];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  await promisify(execFile)(path.join(PROJECT, 'node_modules/.bin', args[0]!), args.slice(1), { cwd: copy, env }).catch(
    (failed: { stdout: string; stderr: string }) => failed,
  );
  const { testResults } = JSON.parse(await readFile(report, 'utf8')) as {
    testResults: {
      message: string;
      assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
    }[];
  };
  expect(testResults.map(({ message }) => message).filter(Boolean)).toEqual([]);
  const run = testResults.flatMap(({ assertionResults }) => assertionResults);
  expect(run.flatMap(({ failureMessages }) => failureMessages)).toEqual([]);
  const passed = run.filter(({ status, fullName }) => status === 'passed' && fullName.includes('estimate_weight'));
  expect(passed.map(({ fullName }) => fullName)).toEqual(
    expect.arrayContaining([
      `${KEY} yields exactly what it declares, and writes nowhere but into its workdir`,
      `${KEY} gives the same bytes again in another process, as it says`,
      `${KEY} stops within two seconds when told to in the middle of its work, and leaves no process behind`,
      `${KEY} lies at the path its key names`,
      `the params of ${KEY} are refused with the place of the mistake`,
      `the params of ${KEY} are on record`,
    ]),
  );
});
