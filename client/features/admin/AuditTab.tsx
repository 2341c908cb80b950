import { useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { EmptyState } from '../../components/EmptyState.js';
import { formatDateTime, formatDuration, formatMoment } from '../../components/format.js';
import { JsonTree } from '../../components/JsonTree.js';
import { Pager } from '../../components/Pager.js';
import { SearchField } from '../../components/SearchField.js';
import { readFragment } from '../../gql/index.js';
import { Listing } from '../../shared/Listing.js';
import { useListed } from '../../shared/useListed.js';
import { AccountFields, AccountsQuery, AuditQuery } from './operations.js';

const DAY_MS = 24 * 3600 * 1000;
/** Parts of the address that narrow the trail down, so that what was found can be sent on. */
const NONE = { account: null, mutation: null, from: null, to: null, failed: null };
/** Midnight of a day here, `days` later. */
const moment = (day: string, days = 0) =>
  day === '' || Number.isNaN(Date.parse(day))
    ? null
    : new Date(new Date(`${day}T00:00`).getTime() + days * DAY_MS).toISOString();

/** Every mutation that was sent, with filters. */
export function AuditTab() {
  const { after, turn, change } = useListed();
  const [address] = useSearchParams();
  const part = (key: keyof typeof NONE) => address.get(key) ?? '';
  const choose = (parts: Partial<Record<keyof typeof NONE, string | null>>) => change(parts, { replace: true });
  const isFiltered = Object.keys(NONE).some((key) => address.has(key));
  const [accounts] = useQuery({ query: AccountsQuery, variables: { after: null } });
  const people = readFragment(AccountFields, accounts.data?.accounts.edges.map(({ node }) => node) ?? []);
  const [answer] = useQuery({
    query: AuditQuery,
    variables: {
      after,
      filter: {
        accountId: part('account') || null,
        mutation: part('mutation') || null,
        failedOnly: part('failed') !== '' || null,
        from: moment(part('from')),
        to: moment(part('to'), 1),
      },
    },
    requestPolicy: 'cache-and-network',
  });
  const { data } = answer;
  const entries = data?.auditTrail.edges.map(({ node }) => node) ?? [];
  const page = data?.auditTrail.pageInfo;
  return (
    <>
      <div className="card-header">
        <h2>Audit trail</h2>
        <span className="muted numeric">{data?.auditTrail.totalCount}</span>
        <search className="admin-filters">
          <select
            className="control"
            aria-label="Account"
            value={part('account')}
            onChange={(event) => choose({ account: event.target.value })}
          >
            <option value="">Everybody</option>
            {people.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
          <SearchField
            label="Mutation"
            placeholder="Mutation"
            value={part('mutation')}
            onSearch={(mutation) => choose({ mutation })}
          />
          <label className="admin-check">
            From
            <input
              className="control"
              type="date"
              value={part('from')}
              onChange={(event) => choose({ from: event.target.value })}
            />
          </label>
          <label className="admin-check" title="With that day">
            to
            <input
              className="control"
              type="date"
              value={part('to')}
              onChange={(event) => choose({ to: event.target.value })}
            />
          </label>
          <label className="admin-check">
            <input
              type="checkbox"
              checked={part('failed') !== ''}
              onChange={(event) => choose({ failed: event.target.checked ? 'yes' : null })}
            />
            Failed only
          </label>
        </search>
      </div>
      <Listing
        what="the audit trail"
        answer={answer}
        isEmpty={entries.length === 0}
        rows={8}
        empty={
          !isFiltered ? (
            <EmptyState icon="filter" title="Nothing was changed yet">
              Every change that somebody makes is listed here, with who made it and what came of it.
            </EmptyState>
          ) : (
            <EmptyState
              icon="filter"
              title="No mutation fits this filter"
              actions={<Button onClick={() => choose(NONE)}>Show everything</Button>}
            />
          )
        }
        columns={['When', 'Who', 'What', 'Outcome', { label: 'Took', isEnd: true }, 'With']}
      >
        {entries.map((entry) => (
          <tr key={entry.id}>
            <td className="muted numeric">{formatMoment(entry.at)}</td>
            <td>{entry.actor}</td>
            <td>
              <code>{entry.mutation}</code>
              {entry.times > 1 && (
                <p className="muted">
                  {entry.times} times, last {formatDateTime(entry.lastAt)}
                </p>
              )}
            </td>
            <td>
              {entry.outcome === 'ok' ? (
                <Badge tone="ok" icon="check">
                  Done
                </Badge>
              ) : (
                <Badge tone="bad" icon="alert">
                  {entry.outcome}
                </Badge>
              )}
            </td>
            <td className="numeric cell-end">{formatDuration(entry.tookMs)}</td>
            <td>
              <details>
                <summary>Arguments</summary>
                <JsonTree value={entry.input} />
              </details>
            </td>
          </tr>
        ))}
      </Listing>
      <Pager label="Pages of the audit trail" after={after} page={page} onPage={turn} />
    </>
  );
}
