import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { PATIENCE_MS, TEST_MS } from './tests/support/patience.js';

const fromHere = (file: string) => fileURLToPath(new URL(file, import.meta.url));

export default defineConfig({
  // Vitest would give our own files the .mjs build of graphql and libraries the .js one; there must be only one.
  resolve: {
    alias: [
      { find: /^graphql$/, replacement: 'graphql/index.js' },
      // Vite does not know a package by its own name.
      { find: /^hartomat\/modules$/, replacement: fromHere('./workflow/packageApi.ts') },
      { find: /^hartomat\/modules\/testing$/, replacement: fromHere('./tests/support/moduleContext.ts') },
    ],
  },
  test: {
    include: [
      '{modules,workflow,runtime,prisma,schema,server,worker,client,scripts,bench,tests}/**/*.test.{ts,tsx}',
      'docs/examples/**/*.test.ts',
      '*.test.ts',
    ],
    pool: 'forks',
    // To load the server anew for each file takes as long as most tests of it; they have databases of their own, and leave nothing behind.
    isolate: false,
    // Rendering and OpenCascade use more than one core each.
    maxWorkers: 2,
    testTimeout: TEST_MS,
    hookTimeout: TEST_MS,
    expect: { poll: { timeout: PATIENCE_MS } },
    setupFiles: ['tests/support/propertySeed.ts', 'tests/support/nothingLeftBehind.ts'],
    globalSetup: ['tests/support/globalSetup.ts'],
  },
});
