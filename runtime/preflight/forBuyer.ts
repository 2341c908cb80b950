import type { CheckedFinding, CheckResult } from '../../workflow/preflightChecks.js';
import type { Preflight } from './run.js';

/** What a preflight says to somebody who may only order: whether the line can be made, and what of their request should be another. How
 * the studio makes it, by what way and on which machines, is none of their business, but that it cannot be made is. */
export function forBuyer(found: Preflight): Preflight {
  const own = found.findings.filter(isOfRequest);
  const studio = found.findings.filter((finding) => !isOfRequest(finding));
  const findings = [...own, ...worst(studio)];
  return {
    ...found,
    findings,
    checks: found.checks.map((check) => seenBy(check, findings)),
    shadow: null,
    fallback: null,
  };
}

/** Settings and workers are the studio's, but for what the line itself says. */
function isOfRequest({ check, code, path }: CheckedFinding): boolean {
  if (code === 'FALLBACK_NOT_READY') return false;
  return (check !== 'graph' && check !== 'workers') || (path ?? '').startsWith('/options');
}

/** Of each check, that something stands in the way. */
function worst(findings: readonly CheckedFinding[]): CheckedFinding[] {
  const checks = new Set(findings.filter(({ severity }) => severity === 'error').map(({ check }) => check));
  return [...checks].map((check) => ({
    ...{ check, severity: 'error' },
    ...(check === 'workers'
      ? { code: 'NO_WORKER', message: 'Nobody is there to make it at the moment, so it would wait.' }
      : { code: 'NOT_READY', message: 'It cannot be made as it is set up. Ask the studio.' }),
  }));
}

function seenBy({ check, state }: CheckResult, findings: readonly CheckedFinding[]): CheckResult {
  const isWarned = findings.some((finding) => finding.check === check && finding.severity === 'warning');
  return { check, state: state === 'warned' && !isWarned ? 'passed' : state };
}
