import { formatDuration } from '../../components/format.js';
import type { LiveEvent } from '../../shared/run/liveRun.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export interface LogLine {
  seq: number;
  at: string;
  level: LogLevel;
  nodeId: string | null;
  text: string;
  /** What the module added, or null. */
  fields: unknown;
}

interface EventData {
  level?: LogLevel;
  message?: string;
  fields?: unknown;
  status?: string;
  isCached?: boolean;
  attempt?: number;
  retryInMs?: number;
  reason?: string;
  by?: string;
  failure?: { code: string; message: string } | null;
}

function wordsOf(type: string, data: EventData): [LogLevel, string] | null {
  const why = data.failure ? ` ${data.failure.message} (${data.failure.code})` : '';
  switch (type) {
    case 'node.log':
      return [data.level ?? 'info', data.message ?? ''];
    case 'node.started':
      return ['info', data.attempt && data.attempt > 1 ? `Started, attempt ${data.attempt}` : 'Started'];
    case 'node.retrying':
      return ['warn', `Failed, next attempt in ${formatDuration(data.retryInMs ?? 0)}.${why}`];
    case 'node.released':
      return ['warn', `Given back to the queue. ${data.reason ?? ''}`];
    case 'node.finished':
      if (data.status === 'succeeded') return ['info', data.isCached ? 'Reused an earlier result' : 'Succeeded'];
      if (data.status === 'failed') return ['error', `Failed.${why}`];
      return ['warn', data.status === 'skipped' ? 'Skipped' : 'Cancelled'];
    case 'run.queued':
      return ['info', 'Run queued'];
    case 'run.started':
      return ['info', 'Run started'];
    case 'run.cancelling':
      return ['warn', 'Cancel requested'];
    case 'run.retried':
      return ['info', 'Run retried'];
    case 'run.finished':
      return [data.status === 'failed' ? 'error' : 'info', `Run ended: ${data.status}.${why}`];
    default:
      return null;
  }
}

/** The history of a run as lines for people; progress is left to the bars. */
export function logLines(events: readonly LiveEvent[]): LogLine[] {
  return events.flatMap(({ seq, at, type, nodeId, data }) => {
    const words = wordsOf(type, data as EventData);
    if (!words) return [];
    return [
      { seq, at, level: words[0], text: words[1], nodeId: nodeId ?? null, fields: (data as EventData).fields ?? null },
    ];
  });
}
