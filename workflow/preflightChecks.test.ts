import { expect, it } from 'vitest';
import { FAMILY_DEFINITIONS } from './families.js';
import { type CheckedFinding, checkResults, PREFLIGHT_CHECKS } from './preflightChecks.js';

const finding = (check: CheckedFinding['check'], severity: CheckedFinding['severity']): CheckedFinding => ({
  check,
  severity,
  code: 'X',
  message: 'Something.',
});

it('judges each check by the worst that was found, and leaves out what a run has nothing of', () => {
  const expected = FAMILY_DEFINITIONS.order_line.preflightChecks;
  const findings = [
    finding('workers', 'warning'),
    finding('workers', 'error'),
    finding('materials', 'warning'),
    finding('graph', 'info'),
  ];
  expect(
    checkResults(expected, findings, {
      graph: true,
      files: true,
      materials: true,
      contract: false,
    }),
  ).toEqual([
    { check: 'graph', state: 'passed' },
    { check: 'files', state: 'passed' },
    { check: 'materials', state: 'warned' },
    { check: 'contract', state: 'open' },
    { check: 'workers', state: 'failed' },
  ]);
});

it('asks a CAD intake nothing of what only orders have', () => {
  expect(FAMILY_DEFINITIONS.cad_file.preflightChecks).toEqual(['graph', 'files', 'workers']);
  expect([...FAMILY_DEFINITIONS.order_line.preflightChecks].sort()).toEqual(Object.keys(PREFLIGHT_CHECKS).sort());
});
