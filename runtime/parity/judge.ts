import type { RunStatus } from '../../generated/prisma/enums.js';
import { words } from './compareRoles.js';
import { COMPARED_ROLES, type ParityPolicy } from './policy.js';
import type { FinishedReport } from './reportStates.js';
import type { Comparison } from './results.js';

export interface EndedRun {
  status: RunStatus;
  failure: { message: string } | null;
}

type Verdict = Pick<FinishedReport, 'status' | 'reasons'>;

/** What can be said before any file is looked at; null: compare them. */
export function verdictOfRuns(legacy: EndedRun, graph: EndedRun): Verdict | null {
  const why = ({ failure }: EndedRun) => (failure ? `: ${failure.message}` : '.');
  if (legacy.status !== 'succeeded')
    return {
      status: 'incomparable',
      reasons: [
        `The legacy run ${ENDS[legacy.status] ?? 'has not ended'}, so there is nothing to compare with${why(legacy)}`,
      ],
    };
  if (graph.status === 'cancelled') return { status: 'incomparable', reasons: ['The run by workflow was cancelled.'] };
  if (graph.status !== 'succeeded')
    return {
      status: 'differs',
      reasons: [`The legacy run succeeded, the run by workflow ${ENDS[graph.status] ?? 'has not ended'}${why(graph)}`],
    };
  return null;
}

const ENDS: Partial<Record<RunStatus, string>> = {
  failed: 'failed',
  partial: 'succeeded only in part',
  cancelled: 'was cancelled',
};

/** Passed only where something was compared, the kind that is sold is among it, and nothing differs.
 * @param kind - the artifact role that is sold. */
export function verdictOfFiles(comparisons: readonly Comparison[], kind: string, policy: ParityPolicy): Verdict {
  const files = comparisons.filter((comparison) => comparison.kind !== 'duration');
  if (files.length === 0)
    return { status: 'incomparable', reasons: ['Neither run made a file that is compared, so nothing was compared.'] };
  const mayBeCompared = (COMPARED_ROLES as readonly string[]).includes(kind);
  if (mayBeCompared && !policy.ignoredRoles.some((role) => role === kind) && !files.some(({ role }) => role === kind))
    return { status: 'incomparable', reasons: [`Neither run made a ${words(kind)}, which is what is sold.`] };
  const reasons = files.flatMap((comparison) =>
    comparison.reasons.map((sentence) => `${titleOf(comparison, files)}: ${sentence}`),
  );
  if (files.some(({ verdict }) => verdict === 'differs')) return { status: 'differs', reasons };
  if (files.some(({ verdict }) => verdict === 'incomparable')) return { status: 'incomparable', reasons };
  const same = files.filter(({ isIdentical }) => isIdentical).length;
  const count = files.length === 1 ? 'The one file compared is' : `All ${files.length} files compared are`;
  return {
    status: 'passed',
    reasons: [
      same === files.length
        ? `${count} the same, byte by byte.`
        : `${count} the same within the thresholds${same > 0 ? `; ${same} byte by byte` : ''}.`,
    ],
  };
}

function titleOf({ role, position }: Comparison, all: readonly Comparison[]): string {
  const text = words(role);
  const title = text[0]!.toUpperCase() + text.slice(1);
  return all.filter((other) => other.role === role).length > 1 ? `${title} ${position}` : title;
}
