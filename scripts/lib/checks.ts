import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkImports } from './importRules.js';

const project = fileURLToPath(new URL('../..', import.meta.url));

export interface CheckResult {
  name: string;
  passed: boolean;
  /** What is wrong, as the tool said it. */
  output: string;
  durationMs: number;
}

/** The checks that are not tests: types, style, import rules, generated operations. Two at a time.
 * @param report - called as each one ends. */
export async function runChecks(report: (result: CheckResult) => void): Promise<CheckResult[]> {
  const waiting = Object.entries(CHECKS);
  const results: CheckResult[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, check] = next;
      const started = performance.now();
      const output = await check().catch((error: Error) => error.message);
      const result = { name, passed: output === '', output, durationMs: performance.now() - started };
      results.push(result);
      report(result);
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
}

/** Each returns what is wrong, `''` when nothing is. */
const CHECKS: Record<string, () => Promise<string>> = {
  'types of the back end': () => tool('typescript/bin/tsc', ['--noEmit', '-p', '.']),
  'types of the console': () => tool('typescript/bin/tsc', ['--noEmit', '-p', 'client']),
  'style (biome)': () => tool('@biomejs/biome/bin/biome', ['check', '--colors=off', '--diagnostic-level=error', '.']),
  'import rules': async () => {
    const { files, violations } = await checkImports();
    return files > 0 ? violations.join('\n') : 'The import checker saw no files.';
  },
  'generated operations are current': () =>
    tool('@graphql-codegen/cli/cjs/bin.js', ['--config', 'codegen.ts', '--check']),
};

function tool(script: string, args: string[]): Promise<string> {
  return new Promise((resolve) => {
    const file = join(project, 'node_modules', script);
    execFile(process.execPath, [file, ...args], { cwd: project, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve(error ? `${stdout}${stderr}`.trim() || error.message : ''),
    );
  });
}
