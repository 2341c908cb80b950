import './preflight.css';
import { Badge } from '../../components/Badge.js';
import { formatDuration } from '../../components/format.js';
import { Icon, type IconName } from '../../components/Icon.js';
import type { FindingSeverity, PreflightCheckState, PreflightFieldsFragment } from '../../gql/graphql.js';

const TONE: Record<FindingSeverity, 'bad' | 'warn' | 'busy'> = { error: 'bad', warning: 'warn', info: 'busy' };

const STATES: Record<PreflightCheckState, { tone: string; icon: IconName; words: string }> = {
  passed: { tone: 'ok', icon: 'check', words: 'All is well' },
  warned: { tone: 'warn', icon: 'alert', words: 'It will do, but have a look' },
  failed: { tone: 'bad', icon: 'alert', words: 'It stands in the way' },
  open: { tone: 'calm', icon: 'circle', words: 'Not known before the run' },
};

/** "2.0 s to 14.5 s". */
export function formatRange(range: { minMs: number; maxMs: number } | null | undefined): string {
  if (!range) return 'time not known yet';
  const [min, max] = [formatDuration(range.minMs), formatDuration(range.maxMs)];
  return min === max ? min : `${min} to ${max}`;
}

/** What one run would do: problems, then the plan node by node. */
export function PreflightReport({ found, isOpen }: { found: PreflightFieldsFragment; isOpen: boolean }) {
  const { checks, findings, nodes } = found;
  const labels = new Map(nodes.map(({ nodeId, label }) => [nodeId, label]));
  const running = nodes.filter(({ outcomes }) => outcomes.includes('runs'));
  const isSure = running.every(({ outcomes }) => outcomes.length === 1);
  return (
    <>
      <ul className="preflight-checks" aria-label="What was checked">
        {checks.map(({ check, label, description, state }) => {
          const { tone, icon, words } = STATES[state];
          return (
            <li key={check} className={`toned tone-${tone}`} title={`${description} ${words}.`}>
              <Icon name={icon} size={14} />
              <span>{label}</span>
              <span className="visually-hidden">: {words}</span>
            </li>
          );
        })}
      </ul>
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
            {!isSure && 'Up to '}
            {running.length} of {nodes.length} {nodes.length === 1 ? 'node' : 'nodes'} will run
            <span className="muted"> · {formatRange(found.duration)}</span>
          </summary>
          <ul>
            {nodes.map(({ nodeId, label, forecast, outcomes, dependsOn, duration }) => (
              <li key={nodeId}>
                <span className={outcomes.includes('runs') ? undefined : 'muted'}>
                  {label}
                  {dependsOn.map(({ message }) => (
                    <span key={message} className="preflight-why muted">
                      {message}
                    </span>
                  ))}
                </span>
                {outcomes.includes('runs') ? (
                  <span className="muted numeric">{formatRange(duration)}</span>
                ) : forecast === 'skipped' ? (
                  <span className="muted" title="Something it depends on would fail.">
                    skipped
                  </span>
                ) : (
                  <Badge tone="reused" icon="zap">
                    {forecast === 'cached' ? 'Cached' : 'Cached, if at all'}
                  </Badge>
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
