import './preflight.css';
import { Badge } from '../../components/Badge.js';
import { formatDuration } from '../../components/format.js';
import { Icon } from '../../components/Icon.js';
import type { FindingSeverity, PreflightFieldsFragment } from '../../gql/graphql.js';

const TONE: Record<FindingSeverity, 'bad' | 'warn' | 'busy'> = { error: 'bad', warning: 'warn', info: 'busy' };

/** "2.0 s to 14.5 s". */
export function formatRange(range: { minMs: number; maxMs: number } | null | undefined): string {
  if (!range) return 'time not known yet';
  const [min, max] = [formatDuration(range.minMs), formatDuration(range.maxMs)];
  return min === max ? min : `${min} to ${max}`;
}

/** What one run would do: problems, then the plan node by node. */
export function PreflightReport({ found, isOpen }: { found: PreflightFieldsFragment; isOpen: boolean }) {
  const { findings, nodes } = found;
  const labels = new Map(nodes.map(({ nodeId, label }) => [nodeId, label]));
  const running = nodes.filter(({ isCached }) => !isCached).length;
  return (
    <>
      {findings.length > 0 && (
        <ul className="preflight-findings">
          {findings.map(({ code, severity, message, nodeId, path }) => (
            <li key={`${code} ${nodeId} ${path} ${message}`}>
              <span className={`toned tone-${TONE[severity]}`}>
                <Icon name={severity === 'info' ? 'info' : 'alert'} size={14} />
                <span className="visually-hidden">{severity}: </span>
              </span>
              <span>
                {nodeId && labels.has(nodeId) && <strong>{labels.get(nodeId)}: </strong>}
                {message}
              </span>
            </li>
          ))}
        </ul>
      )}
      {nodes.length > 0 && (
        <details className="preflight-plan" open={isOpen}>
          <summary>
            {running} of {nodes.length} {nodes.length === 1 ? 'node' : 'nodes'} will run
            <span className="muted"> · {formatRange(found.duration)}</span>
          </summary>
          <ul>
            {nodes.map(({ nodeId, label, isCached, duration }) => (
              <li key={nodeId}>
                <span className={isCached ? 'muted' : undefined}>{label}</span>
                {isCached ? (
                  <Badge tone="reused" icon="zap">
                    Cached
                  </Badge>
                ) : (
                  <span className="muted numeric">{formatRange(duration)}</span>
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
