import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'vitest';

/** Programs outside npm that some tests need: the variable that may name each, and the Debian package. */
const TOOLS = {
  blender: { variable: 'BLENDER_PATH', debian: 'blender' },
  chromium: { variable: 'CHROMIUM_PATH', debian: 'chromium' },
  'redis-server': { variable: 'REDIS_SERVER_PATH', debian: 'redis-server' },
  ffmpeg: { variable: 'FFMPEG_PATH', debian: 'ffmpeg' },
} as const;

export type Tool = keyof typeof TOOLS;

/** The path of an installed tool: its variable if set, else the first on PATH; undefined when it is missing. */
function findTool(tool: Tool): string | undefined {
  const named = process.env[TOOLS[tool].variable];
  const candidates = named ? [named] : (process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, tool));
  return candidates.find(isExecutable);
}

/** Like `findTool`.
 * @throws Error that says how to install it. */
export function requireTool(tool: Tool): string {
  const path = findTool(tool);
  if (!path) throw new Error(howToGet(tool));
  return path;
}

/** A `describe` block of tests that need `tool`; without it as `describeUnless` says. */
export function describeWith(tool: Tool, name: string, tests: () => void): void {
  describeUnless(findTool(tool) ? null : howToGet(tool), name, tests);
}

/** A `describe` block of tests that cannot run where something lacks: they are skipped there, the reason in the name; with `CI=true` it
 * is a failure.
 * @param lack - what lacks and how to mend it, as a sentence; null: nothing. */
export function describeUnless(lack: string | null, name: string, tests: () => void): void {
  if (lack === null) {
    describe(name, tests);
  } else if (process.env.CI === 'true') {
    describe(name, () => {
      it('can run here', () => {
        throw new Error(lack);
      });
    });
  } else {
    console.warn(`SKIPPED "${name}": ${lack}`);
    describe.skip(`${name} (skipped: ${lack})`, tests);
  }
}

const howToGet = (tool: Tool) =>
  `${tool} is missing: install it (Debian: apt-get install ${TOOLS[tool].debian}) or set ${TOOLS[tool].variable}.`;

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
