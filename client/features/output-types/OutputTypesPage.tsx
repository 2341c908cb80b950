import './outputTypes.css';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { ButtonLink } from '../../components/ButtonLink.js';
import { EmptyState } from '../../components/EmptyState.js';
import { formatPrice } from '../../components/format.js';
import { Pager } from '../../components/Pager.js';
import { SearchField } from '../../components/SearchField.js';
import type { Column } from '../../components/Table.js';
import { Listing } from '../../shared/Listing.js';
import { useListed } from '../../shared/useListed.js';
import { roleLabel } from '../../shared/words.js';
import { OutputTypePanel } from './OutputTypePanel.js';
import { OutputTypesQuery } from './outputTypes.js';
import { ROLLOUT, VISIBILITY } from './words.js';

const COLUMNS: Column[] = [
  'Name',
  'Customer gets',
  'Workflow',
  'Rollout',
  'Visibility',
  { label: 'Price', isEnd: true },
];

/** What is sold. */
export function Component() {
  const [includeArchived, setIncludeArchived] = useState(false);
  const { text, after, search, turn } = useListed();
  const [answer, refetch] = useQuery({
    query: OutputTypesQuery,
    variables: { includeArchived, after, ...(text && { text }) },
    requestPolicy: 'cache-and-network',
  });
  const [address, setAddress] = useSearchParams();
  const openId = address.get('type');
  const show = (id: string | null) =>
    setAddress(
      (old) => {
        const next = new URLSearchParams(old);
        if (id) next.set('type', id);
        else next.delete('type');
        return next;
      },
      { replace: true },
    );
  const list = answer.data?.outputTypes;
  const types = list?.edges.map(({ node }) => node) ?? [];
  const open = types.find(({ id }) => id === openId);
  const newOutputType = (
    <ButtonLink look="primary" icon="plus" needs="author" to="/output-types/new">
      New output type
    </ButtonLink>
  );
  return (
    <main id="main" className={`with-panel ${open ? 'has-panel' : ''}`} tabIndex={-1}>
      <title>Output types · HartOMat</title>
      <div className="page">
        <header className="page-header">
          <div className="title-row">
            <h1>Output types</h1>
            <span className="muted numeric">{list?.totalCount}</span>
          </div>
          <div className="page-actions">
            <SearchField label="Search the output types" placeholder="Name" value={text} onSearch={search} />
            <label>
              <input
                type="checkbox"
                checked={includeArchived}
                onChange={(event) => setIncludeArchived(event.target.checked)}
              />{' '}
              Archived ones too
            </label>
            <ButtonLink to="/output-types/prices">Prices and categories</ButtonLink>
            <ButtonLink needs="author" to="/output-types/import">
              Import old ones
            </ButtonLink>
            {(types.length > 0 || text) && newOutputType}
          </div>
        </header>
        <div className="list-card">
          <Listing
            what="the output types"
            label="Output types"
            answer={answer}
            isEmpty={types.length === 0}
            empty={
              text ? (
                <EmptyState icon="search" title={`No output type is called “${text}”`} />
              ) : (
                <EmptyState icon="tag" title="There is no output type yet" actions={newOutputType}>
                  An output type says what is sold and which workflow makes it.
                </EmptyState>
              )
            }
            columns={COLUMNS}
          >
            {types.map((type) => (
              <tr key={type.id}>
                <td>
                  <button
                    type="button"
                    className="row-link row-button"
                    aria-expanded={type.id === openId}
                    onClick={() => show(type.id === openId ? null : type.id)}
                  >
                    {type.name}
                  </button>
                  {type.isArchived && <span className="muted"> archived</span>}
                </td>
                <td className="muted">{roleLabel(type.artifactKind)}</td>
                <td className="muted">{type.workflow?.name ?? 'none (legacy)'}</td>
                <td>
                  <Badge tone={type.rollout === 'graph' ? 'ok' : type.rollout === 'shadow' ? 'busy' : 'calm'}>
                    {ROLLOUT[type.rollout].label}
                  </Badge>
                </td>
                <td className="muted">{VISIBILITY[type.visibility].label}</td>
                <td className="numeric cell-end">
                  {type.pricingTier ? formatPrice(type.pricingTier.unitPriceCents, type.pricingTier.currency) : ''}
                </td>
              </tr>
            ))}
          </Listing>
        </div>
        <Pager
          label="Pages of the output types"
          after={after}
          page={list?.pageInfo}
          words={['First', 'More']}
          onPage={turn}
        />
      </div>
      {open && (
        <OutputTypePanel
          key={open.id}
          type={open}
          onClose={() => show(null)}
          onChanged={() => refetch({ requestPolicy: 'network-only' })}
        />
      )}
    </main>
  );
}
