import './timeline.css';
import { useState } from 'react';
import { formatDuration } from '../../components/format.js';
import { Icon } from '../../components/Icon.js';
import { useNow } from '../../components/useNow.js';
import { type NodeWithParts, spanOf, stateOf } from '../../shared/run/parts.js';
import type { LiveNodeData } from '../../shared/run/useLiveRun.js';
import { nodeLook, type StatusLook } from '../../shared/status.js';
import { type Bar, ticks, timelineBars } from './timeline.js';

/** When every node waited and worked. A node that was shared out shows all of its parts in one row; unfolded, each in its own. */
export function Timeline({
  groups,
  createdAt,
  isLive,
  selected,
  onSelect,
}: {
  groups: readonly NodeWithParts<LiveNodeData>[];
  createdAt: string;
  isLive: boolean;
  selected: string | null;
  onSelect: (nodeId: string) => void;
}) {
  const now = useNow(isLive);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const nodes = groups.flatMap(({ node, parts }) => [...parts, node]);
  const { bars, spanMs } = timelineBars(nodes, createdAt, now);
  const barOf = new Map(bars.map((bar) => [bar.nodeId, bar]));
  const toggle = (nodeId: string) =>
    setOpen((old) => {
      const next = new Set(old);
      if (!next.delete(nodeId)) next.add(nodeId);
      return next;
    });

  const row = (node: LiveNodeData, label: string, look: StatusLook, own: Bar[], time: string) => (
    <button
      type="button"
      className={`timeline-row tone-${look.tone}`}
      aria-pressed={node.nodeId === selected}
      onClick={() => onSelect(node.nodeId)}
    >
      <span className="timeline-label truncate">{label}</span>
      <Track bars={own} spanMs={spanMs} />
      <span className="timeline-time numeric">{time}</span>
    </button>
  );
  const timeOf = (node: LiveNodeData, look: StatusLook, { runFrom, runTo }: Pick<Bar, 'runFrom' | 'runTo'>) =>
    runFrom === null || runTo === null ? look.label : node.isCached ? 'Cached' : formatDuration(runTo - runFrom);

  return (
    <div className="timeline">
      <div className="timeline-axis" aria-hidden="true">
        {ticks(spanMs).map((tick) => (
          <span key={tick} style={{ left: `${(tick / spanMs) * 100}%` }} className="numeric">
            {tick === 0 ? '0' : formatDuration(tick)}
          </span>
        ))}
      </div>
      <ul>
        {groups.map((group) => {
          const { node, parts } = group;
          const look = nodeLook(stateOf(group));
          const isOpen = open.has(node.nodeId);
          const own = barOf.get(node.nodeId)!;
          const [span] = timelineBars([{ nodeId: node.nodeId, ...spanOf(group) }], createdAt, now).bars;
          const gathered = parts.map((part) => barOf.get(part.nodeId)!);
          return (
            <li key={node.nodeId} className={parts.length > 0 ? 'timeline-group' : undefined}>
              {parts.length > 0 && (
                <button
                  type="button"
                  className="timeline-fold"
                  aria-expanded={isOpen}
                  aria-label={`Parts of ${node.label}`}
                  onClick={() => toggle(node.nodeId)}
                >
                  <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} size={14} />
                </button>
              )}
              {row(node, node.label, look, isOpen ? [own] : [...gathered, own], timeOf(node, look, span!))}
              {isOpen && (
                <ul className="timeline-parts">
                  {parts.map((part, index) => {
                    const partLook = nodeLook(part);
                    const bar = gathered[index]!;
                    return (
                      <li key={part.nodeId}>
                        {row(part, part.partOf?.label ?? part.label, partLook, [bar], timeOf(part, partLook, bar))}
                      </li>
                    );
                  })}
                </ul>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Track({ bars, spanMs }: { bars: readonly Bar[]; spanMs: number }) {
  const percent = (ms: number) => `${(ms / spanMs) * 100}%`;
  return (
    <span className="timeline-track">
      {bars.map(({ nodeId, waitFrom, runFrom, runTo }) => (
        <span key={nodeId}>
          {bars.length === 1 && waitFrom !== null && runFrom !== null && runFrom > waitFrom && (
            <span className="timeline-wait" style={{ left: percent(waitFrom), width: percent(runFrom - waitFrom) }} />
          )}
          {runFrom !== null && runTo !== null && (
            <span className="timeline-work" style={{ left: percent(runFrom), width: percent(runTo - runFrom) }} />
          )}
        </span>
      ))}
    </span>
  );
}
