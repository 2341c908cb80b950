import { formatDuration } from '../../components/format.js';
import { useNow } from '../../components/useNow.js';
import { nodeLook } from '../../shared/status.js';
import { ticks, timelineBars } from './timeline.js';
import type { LiveNodeData } from './useLiveRun.js';

/** When every node waited and worked. */
export function Timeline({
  nodes,
  createdAt,
  isLive,
  selected,
  onSelect,
}: {
  nodes: readonly LiveNodeData[];
  createdAt: string;
  isLive: boolean;
  selected: string | null;
  onSelect: (nodeId: string) => void;
}) {
  const now = useNow(isLive);
  const { bars, spanMs } = timelineBars(nodes, createdAt, now);
  const percent = (ms: number) => `${(ms / spanMs) * 100}%`;
  return (
    <div className="timeline">
      <div className="timeline-axis" aria-hidden="true">
        {ticks(spanMs).map((tick) => (
          <span key={tick} style={{ left: percent(tick) }} className="numeric">
            {tick === 0 ? '0' : formatDuration(tick)}
          </span>
        ))}
      </div>
      <ul>
        {nodes.map((node, index) => {
          const bar = bars[index]!;
          const look = nodeLook(node);
          const worked = bar.runFrom === null ? null : bar.runTo! - bar.runFrom;
          return (
            <li key={node.nodeId}>
              <button
                type="button"
                className={`timeline-row tone-${look.tone}`}
                aria-pressed={node.nodeId === selected}
                onClick={() => onSelect(node.nodeId)}
              >
                <span className="timeline-label truncate">{node.label}</span>
                <span className="timeline-track">
                  {bar.waitFrom !== null && bar.runFrom !== null && bar.runFrom > bar.waitFrom && (
                    <span
                      className="timeline-wait"
                      style={{ left: percent(bar.waitFrom), width: percent(bar.runFrom - bar.waitFrom) }}
                    />
                  )}
                  {bar.runFrom !== null && (
                    <span
                      className="timeline-work"
                      style={{ left: percent(bar.runFrom), width: percent(bar.runTo! - bar.runFrom) }}
                    />
                  )}
                </span>
                <span className="timeline-time numeric">
                  {worked === null ? look.label : node.isCached ? 'Cached' : formatDuration(worked)}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
