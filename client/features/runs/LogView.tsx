import './log.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import { EmptyState } from '../../components/EmptyState.js';
import { formatTime } from '../../components/format.js';
import type { LiveEvent } from '../../shared/run/liveRun.js';
import { type LogLevel, logLines } from './log.js';

const LEVELS: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };
const SHOWN: { level: LogLevel; label: string }[] = [
  { level: 'debug', label: 'Everything' },
  { level: 'info', label: 'Without debug' },
  { level: 'warn', label: 'Warnings and errors' },
];

/** The log of a run or of one node; stays at its end while it grows, unless the reader has scrolled up. */
export function LogView({
  events,
  labels,
  nodeIds,
  isLive,
}: {
  events: readonly LiveEvent[];
  labels: ReadonlyMap<string, string>;
  /** Only the lines of these nodes. */
  nodeIds?: readonly string[];
  isLive: boolean;
}) {
  const [level, setLevel] = useState<LogLevel>('info');
  const scroll = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const all = useMemo(() => logLines(events), [events]);
  const lines = all.filter(
    (line) =>
      LEVELS[line.level] >= LEVELS[level] &&
      (nodeIds === undefined || (line.nodeId !== null && nodeIds.includes(line.nodeId))),
  );
  useEffect(() => {
    if (isLive && isAtEnd.current) scroll.current?.scrollTo({ top: scroll.current.scrollHeight });
  }, [lines.length, isLive]);

  return (
    <div className="log">
      <div className="log-bar">
        <select
          className="control filter-select"
          aria-label="Lines to show"
          value={level}
          onChange={(event) => setLevel(event.target.value as LogLevel)}
        >
          {SHOWN.map((each) => (
            <option key={each.level} value={each.level}>
              {each.label}
            </option>
          ))}
        </select>
        <span className="muted numeric">
          {lines.length} {lines.length === 1 ? 'line' : 'lines'}
        </span>
      </div>
      <div
        ref={scroll}
        className="log-lines"
        role="log"
        aria-live="off"
        aria-label="Log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by keyboard.
        tabIndex={0}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < 24;
        }}
      >
        {lines.length === 0 && <EmptyState icon="list" title="No lines" />}
        {lines.map((line) => (
          <div key={line.seq} className={`log-line level-${line.level}`}>
            <time className="log-time" dateTime={line.at}>
              {formatTime(line.at)}
            </time>
            {nodeIds?.length !== 1 && (
              <span className="log-node truncate">
                {line.nodeId ? (labels.get(line.nodeId) ?? line.nodeId) : 'run'}
              </span>
            )}
            <span className="log-level">{line.level}</span>
            <span className="log-text">
              {line.text}
              {line.fields !== null && <span className="log-fields"> {JSON.stringify(line.fields)}</span>}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}
