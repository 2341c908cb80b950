import { Badge } from '../../components/Badge.js';
import { formatAgo, formatDateTime } from '../../components/format.js';
import { useNow } from '../../components/useNow.js';
import type { RolloutFieldsFragment } from '../../gql/graphql.js';
import { ROLLOUT } from './words.js';

type Change = RolloutFieldsFragment['rolloutHistory']['edges'][number]['node'];

function what({ before, after, shadowRate, fallsBack }: Change): string {
  if (before !== after) return `${ROLLOUT[before].label} → ${ROLLOUT[after].label}`;
  if (after === 'shadow') return `Compares ${Math.round(shadowRate * 100)} % of the orders`;
  return fallsBack ? 'Legacy takes over from failed runs' : 'Legacy does not take over any more';
}

/** When an output type was switched, newest first. */
export function RolloutHistory({ history }: { history: RolloutFieldsFragment['rolloutHistory'] }) {
  const now = useNow(false);
  const changes = history.edges.map(({ node }) => node);
  return (
    <>
      <h4>History</h4>
      {changes.length === 0 && <p className="muted">It was never switched.</p>}
      <ol className="rollout-history">
        {changes.map((change) => (
          <li key={change.id}>
            <div className="rollout-way">
              <span>{what(change)}</span>
              {change.isForced && <Badge tone="warn">Early</Badge>}
            </div>
            {change.reason && <p>“{change.reason}”</p>}
            <p className="muted">
              {change.by}, <time title={formatDateTime(change.at)}>{formatAgo(change.at, now)}</time>
            </p>
          </li>
        ))}
      </ol>
      {(history.totalCount ?? 0) > changes.length && (
        <p className="muted">
          The newest {changes.length} of {history.totalCount} changes.
        </p>
      )}
    </>
  );
}
