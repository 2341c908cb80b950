import { expect, it } from 'vitest';
import { tally, tallyLine, type VitestReport } from './testReport.js';

const check = (passed: boolean) => ({ name: 'types', passed, output: '', durationMs: 1 });
const report = (part: Partial<VitestReport>): VitestReport => ({
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  success: true,
  testResults: [],
  ...part,
});

it('adds checks and tests', () => {
  expect(tallyLine(tally([check(true), check(false)], report({ numPendingTests: 2 })))).toBe(
    '6 passed, 1 failed, 2 skipped',
  );
});

it('counts a test file that cannot be loaded as a failure', () => {
  const broken = { status: 'failed', name: 'a.test.ts', assertionResults: [] };
  expect(tally([], report({ success: false, testResults: [broken] })).failed).toBe(1);
});

it('counts a crash outside of any test as a failure', () => {
  expect(tally([], report({ success: false })).failed).toBe(1);
  expect(tallyLine(tally([check(true)], undefined))).toBe('1 passed, 1 failed');
});
