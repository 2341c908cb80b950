import { Badge } from '../../components/Badge.js';
import { formatDuration } from '../../components/format.js';
import { Icon, type IconName } from '../../components/Icon.js';
import type {
  FindingSeverity,
  ForeseenRunFieldsFragment,
  PreflightCheckState,
  PreflightForecast,
} from '../../gql/graphql.js';

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

/** What one run would do: problems, then the plan node by node, of the legacy pipeline step by step. */
export function ForeseenRun({ found, isOpen }: { found: ForeseenRunFieldsFragment; isOpen: boolean }) {
  const { checks, findings, nodes, legacySteps } = found;
  const labels = new Map([
    ...nodes.map(({ nodeId, label }) => [nodeId, label] as const),
    ...legacySteps.map(({ step, label }) => [step, label] as const),
  ]);
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
      {nodes.length > 0 && <Plan found={found} isOpen={isOpen} />}
    </>
  );
}

interface Row {
  id: string;
  label: string;
  outcomes: readonly PreflightForecast[];
  dependsOn: readonly { message: string }[];
  duration: { minMs: number; maxMs: number } | null;
}

function Plan({
  found: { nodes, legacySteps, duration },
  isOpen,
}: {
  found: ForeseenRunFieldsFragment;
  isOpen: boolean;
}) {
  const isLegacy = legacySteps.length > 0;
  const rows: Row[] = isLegacy
    ? legacySteps.map(({ step, forecast, label, duration: own }) => ({
        id: step,
        label,
        outcomes: [forecast],
        dependsOn: [],
        duration: own,
      }))
    : nodes.map(({ nodeId, ...rest }) => ({ id: nodeId, ...rest }));
  const running = rows.filter(({ outcomes }) => outcomes.includes('runs'));
  const isSure = running.every(({ outcomes }) => outcomes.length === 1);
  const noun = `${isLegacy ? 'step' : 'node'}${rows.length === 1 ? '' : 's'}`;
  return (
    <details className="preflight-plan" open={isOpen}>
      <summary>
        {!isSure && 'Up to '}
        {running.length} of {rows.length} {noun} will run
        <span className="muted"> · {formatRange(duration)}</span>
      </summary>
      <ul>
        {rows.map((row) => (
          <li key={row.id}>
            <span className={row.outcomes.includes('runs') ? undefined : 'muted'}>
              {row.label}
              {row.dependsOn.map(({ message }) => (
                <span key={message} className="preflight-why muted">
                  {message}
                </span>
              ))}
            </span>
            <Outcome row={row} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Outcome({ row: { outcomes, duration } }: { row: Row }) {
  if (outcomes.includes('runs')) return <span className="muted numeric">{formatRange(duration)}</span>;
  if (outcomes.includes('cached'))
    return (
      <Badge tone="reused" icon="zap">
        Cached
      </Badge>
    );
  return (
    <span className="muted" title="Something it depends on would fail.">
      skipped
    </span>
  );
}
