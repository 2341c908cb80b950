import type { CheckResult } from './checks.js';

/** Tests by outcome; a check counts as one test. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** The part of vitest's JSON report that is counted here. */
export interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  success: boolean;
  testResults: Array<{ status: string; name: string; assertionResults: Array<{ status: string }> }>;
}

/** Sums checks and tests. A test file that could not even be loaded has no tests to count: it counts as one failure.
 * @param report - undefined: vitest ended without a report, one failure. */
export function tally(checks: CheckResult[], report: VitestReport | undefined): Tally {
  const failedChecks = checks.filter((check) => !check.passed).length;
  const sum = { passed: checks.length - failedChecks, failed: failedChecks, skipped: 0 };
  if (!report) return { ...sum, failed: sum.failed + 1 };
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  ).length;
  sum.passed += report.numPassedTests;
  sum.failed += report.numFailedTests + brokenFiles;
  sum.skipped += report.numPendingTests + report.numTodoTests;
  // Errors outside of any test (an unhandled rejection, the set-up): vitest says no success, but counts nothing.
  if (!report.success && report.numFailedTests + brokenFiles === 0) sum.failed += 1;
  return sum;
}

/** The last line of `npm test`. */
export const tallyLine = ({ passed, failed, skipped }: Tally) =>
  `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;

export function printCheck({ name, passed, output, durationMs }: CheckResult): void {
  console.log(`${passed ? '✓' : '✗'} ${name} (${(durationMs / 1000).toFixed(1)} s)`);
  if (!passed) console.log(output.replace(/^/gm, '    '));
}
