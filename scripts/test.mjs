// npm test: brings what the tests need, then checks and tests everything.
// npm test -- [--no-install] [test files …]
import { canInstallTools, DEBIAN_PACKAGES, installTools, onPath } from './lib/debian.mjs';
import { ensurePackages, nodeProblem } from './lib/packages.mjs';

const args = process.argv.slice(2);
const mayInstall = !args.includes('--no-install');
const filters = args.filter((arg) => arg !== '--no-install');

try {
  const problem = nodeProblem();
  if (problem) throw new Error(problem);
  await Promise.all([ensureTools(), mayInstall && ensurePackages({ dev: true, say: console.log })]);
  const { register } = await import('tsx/esm/api');
  register();
  const { runTests } = await import('./lib/runTests.ts');
  process.exitCode = await runTests(filters);
} catch (error) {
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}

/** Tests that need a missing tool say so themselves: skipped, or failed where CI=true. */
async function ensureTools() {
  const missing = Object.keys(DEBIAN_PACKAGES).filter((tool) => !onPath(tool));
  if (!missing.length) return;
  if (!mayInstall || !canInstallTools()) {
    console.log(`Not installed, and some tests need them: ${missing.join(', ')}.`);
    return;
  }
  console.log(`Installing ${missing.join(', ')} with apt-get: some tests need them.`);
  await installTools(missing).catch((error) => console.error(error.message));
}
