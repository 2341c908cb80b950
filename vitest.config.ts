import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vitest would give our own files the .mjs build of graphql and libraries the .js one; there must be only one.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: [
      '{modules,workflow,runtime,prisma,schema,server,worker,client,scripts,bench,tests}/**/*.test.{ts,tsx}',
      '*.test.ts',
    ],
    pool: 'forks',
    // Rendering and OpenCascade use more than one core each.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    globalSetup: ['tests/support/globalSetup.ts'],
  },
});
