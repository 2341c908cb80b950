import type { Finding } from './finding.js';

/** Something that is looked at before a run. */
export interface PreflightCheckDefinition {
  label: string;
  description: string;
}

/** What a preflight can look at; a family names those it expects (workflow/families.ts). */
export const PREFLIGHT_CHECKS = {
  line: { label: 'Order line', description: 'It may be produced: it has a CAD file, is not cancelled, not under way.' },
  graph: { label: 'Settings', description: 'The workflow and the params it would run with are valid.' },
  files: { label: 'Files', description: 'Every file it needs is there, whole and readable.' },
  materials: { label: 'Materials', description: 'Every part of the product has a material.' },
  template: { label: 'Template', description: 'The render template is there and fits what is asked for.' },
  contract: { label: 'Delivery', description: 'What would come out is what is sold.' },
  workers: { label: 'Workers', description: 'Somebody is there for everything that will run.' },
} as const satisfies Record<string, PreflightCheckDefinition>;
export type PreflightCheck = keyof typeof PREFLIGHT_CHECKS;

/** A finding of a preflight: what was being looked at. */
export interface CheckedFinding extends Finding {
  check: PreflightCheck;
}

/** `open`: not looked at, because something else stands in the way or because only the run can tell. */
export type CheckState = 'passed' | 'warned' | 'failed' | 'open';

export interface CheckResult {
  check: PreflightCheck;
  state: CheckState;
}

/** How each expected check came out, in their order.
 * @param seen true: it was looked at; false: it is open; not there: the run has nothing of the kind. */
export function checkResults(
  expected: readonly PreflightCheck[],
  findings: readonly CheckedFinding[],
  seen: Readonly<Partial<Record<PreflightCheck, boolean>>>,
): CheckResult[] {
  const has = (check: PreflightCheck, severity: Finding['severity']) =>
    findings.some((finding) => finding.check === check && finding.severity === severity);
  return expected
    .filter((check) => check in seen || has(check, 'error'))
    .map((check) => {
      if (has(check, 'error')) return { check, state: 'failed' };
      if (has(check, 'warning')) return { check, state: 'warned' };
      return { check, state: seen[check] ? 'passed' : 'open' };
    });
}
