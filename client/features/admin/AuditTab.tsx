import { useState } from 'react';
import { useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { EmptyState } from '../../components/EmptyState.js';
import { formatDateTime, formatDuration, formatMoment } from '../../components/format.js';
import { JsonTree } from '../../components/JsonTree.js';
import { Pager } from '../../components/Pager.js';
import { sameJson } from '../../components/sameJson.js';
import { readFragment } from '../../gql/index.js';
import { Listing } from '../../shared/Listing.js';
import { AccountFields, AccountsQuery, AuditQuery } from './operations.js';

const DAY_MS = 24 * 3600 * 1000;
const NONE = { accountId: '', mutation: '', from: '', to: '', failedOnly: false };
/** Midnight of a day here, `days` later. */
const moment = (day: string, days = 0) =>
  day === '' ? null : new Date(new Date(`${day}T00:00`).getTime() + days * DAY_MS).toISOString();

/** Every mutation that was sent, with filters. */
export function AuditTab() {
  const [chosen, setChosen] = useState(NONE);
  const [after, setAfter] = useState<string | null>(null);
  const [accounts] = useQuery({ query: AccountsQuery, variables: { after: null } });
  const people = readFragment(AccountFields, accounts.data?.accounts.edges.map(({ node }) => node) ?? []);
  const [answer] = useQuery({
    query: AuditQuery,
    variables: {
      after,
      filter: {
        accountId: chosen.accountId || null,
        mutation: chosen.mutation.trim() || null,
        failedOnly: chosen.failedOnly || null,
        from: moment(chosen.from),
        to: moment(chosen.to, 1),
      },
    },
    requestPolicy: 'cache-and-network',
  });
  const { data } = answer;
  const choose = (change: Partial<typeof NONE>) => {
    setAfter(null);
    setChosen({ ...chosen, ...change });
  };
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
            value={chosen.accountId}
            onChange={(event) => choose({ accountId: event.target.value })}
          >
            <option value="">Everybody</option>
            {people.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
          <input
            className="control"
            aria-label="Mutation"
            placeholder="Mutation"
            value={chosen.mutation}
            onChange={(event) => choose({ mutation: event.target.value })}
          />
          <label className="admin-check">
            From
            <input
              className="control"
              type="date"
              value={chosen.from}
              onChange={(event) => choose({ from: event.target.value })}
            />
          </label>
          <label className="admin-check" title="With that day">
            to
            <input
              className="control"
              type="date"
              value={chosen.to}
              onChange={(event) => choose({ to: event.target.value })}
            />
          </label>
          <label className="admin-check">
            <input
              type="checkbox"
              checked={chosen.failedOnly}
              onChange={(event) => choose({ failedOnly: event.target.checked })}
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
          sameJson(chosen, NONE) ? (
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
      <Pager label="Pages of the audit trail" after={after} page={page} onPage={setAfter} />
    </>
  );
}
