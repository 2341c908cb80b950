import { runChecks } from './lib/checks.js';
import { ensureGenerated } from './lib/generate.js';
import { printCheck } from './lib/testReport.js';

// npm run check: everything `npm test` checks, without running the tests.
await ensureGenerated(console.log);
const results = await runChecks(printCheck);
process.exitCode = results.every((result) => result.passed) ? 0 : 1;
