import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChecks } from './checks.js';
import { ensureGenerated } from './generate.js';
import { printCheck, tally, tallyLine, type VitestReport } from './testReport.js';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** Everything `npm test` runs once packages and tools are there.
 * @param filters - only test files whose path contains one of these, and no checks; none: everything.
 * @returns the exit code. */
export async function runTests(filters: string[]): Promise<number> {
  await ensureGenerated(console.log);
  const checks = filters.length ? [] : await runChecks(printCheck);
  const dir = await mkdtemp(join(tmpdir(), 'hartomat-report-'));
  const reportFile = join(dir, 'vitest.json');
  try {
    const code = await vitest([
      'run',
      ...filters,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
    ]);
    const report = await readFile(reportFile, 'utf8').then(
      (text) => JSON.parse(text) as VitestReport,
      () => undefined,
    );
    const sum = tally(checks, report && { ...report, success: report.success && code === 0 });
    for (const { name } of checks.filter((check) => !check.passed)) console.log(`Failed check: ${name}`);
    console.log(tallyLine(sum));
    return sum.failed ? 1 : 0;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function vitest(args: string[]): Promise<number> {
  const script = join(project, 'node_modules/vitest/vitest.mjs');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: project, stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
