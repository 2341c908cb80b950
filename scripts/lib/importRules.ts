import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const project = fileURLToPath(new URL('../..', import.meta.url));
const { rooms: ROOMS, ...config } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');

export interface ImportReport {
  /** Files looked at: 0 would mean that the checker saw nothing, not that all is well. */
  files: number;
  /** One line each: rule, from, to. */
  violations: string[];
}

/** Checks who imports whom against .dependency-cruiser.cjs.
 * @param base - directory that holds the rooms. */
export async function checkImports(base: string = project, rooms: string[] = ROOMS): Promise<ImportReport> {
  const { output } = await cruise(
    rooms.filter((room) => existsSync(join(base, room))),
    { ...config.options, baseDir: base, ruleSet: { forbidden: config.forbidden }, validate: true },
    undefined,
    { tsConfig: extractTSConfig(`${project}tsconfig.json`) },
  );
  const { summary } = output as ICruiseResult;
  return {
    files: summary.totalCruised,
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
  };
}
