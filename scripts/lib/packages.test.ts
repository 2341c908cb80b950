import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeProblem, packageState } from './packages.mjs';

let project: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'hartomat-packages-'));
});
afterEach(() => rm(project, { recursive: true, force: true }));

const WANTED = {
  '': { name: 'hartomat' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/tool': { version: '2.0.0', dev: true },
  'node_modules/other-platform': { version: '3.0.0', optional: true },
};

async function installed(packages: Record<string, object> | null) {
  await writeFile(join(project, 'package-lock.json'), JSON.stringify({ packages: WANTED }));
  if (!packages) return;
  await mkdir(join(project, 'node_modules'));
  await writeFile(join(project, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
}

describe('the npm packages', () => {
  it('are missing on a fresh clone', async () => {
    await installed(null);
    expect(await packageState(project, false)).toBe('missing');
  });

  it('are complete without development tools and those of other platforms', async () => {
    await installed({ 'node_modules/a': { version: '1.0.0' } });
    expect(await packageState(project, false)).toBe('complete');
    expect(await packageState(project, true)).toBe('outdated');
  });

  it('are outdated when the lock file asks for another version', async () => {
    await installed({ 'node_modules/a': { version: '0.9.0' } });
    expect(await packageState(project, false)).toBe('outdated');
  });
});

it('an old Node.js is named with what to do', () => {
  expect(nodeProblem('20.18.3')).toMatch(/needs Node\.js 20\.19 or newer, and this is 20\.18\.3/);
  expect(nodeProblem('20.19.0')).toBeUndefined();
  expect(nodeProblem('22.1.0')).toBeUndefined();
});
