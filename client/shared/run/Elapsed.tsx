import { formatDuration } from '../../components/format.js';
import { useNow } from '../../components/useNow.js';
import { isTerminal } from '../status.js';
import type { LiveRunData } from './useLiveRun.js';

/** How long a run takes so far, or took. */
export function Elapsed({ run }: { run: LiveRunData }) {
  const now = useNow(!isTerminal(run.status));
  if (!run.startedAt) return null;
  return (
    <span className="numeric muted">
      {formatDuration((run.finishedAt ? Date.parse(run.finishedAt) : now) - Date.parse(run.startedAt))}
    </span>
  );
}
