import './outputTypes.css';
import { useState } from 'react';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { IconButton } from '../../components/Button.js';
import { ButtonLink } from '../../components/ButtonLink.js';
import { EmptyState, Loading } from '../../components/EmptyState.js';
import { formatPrice } from '../../components/format.js';
import type { OutputTypesQuery as OutputTypesData } from '../../gql/graphql.js';
import { graphql, readFragment } from '../../gql/index.js';
import { problemFromError } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { FAMILY_LABEL, roleLabel } from '../../shared/words.js';
import { EffectiveParams } from './EffectiveParams.js';
import { LegacyReport } from './LegacyReport.js';
import { OutputTypeActions } from './OutputTypeActions.js';
import { EffectiveParamFields } from './operations.js';
import { RolloutSection } from './RolloutSection.js';
import { ROLLOUT, VISIBILITY } from './words.js';

const OutputTypesQuery = graphql(`
  query OutputTypes($includeArchived: Boolean!) {
    outputTypes(first: 100, includeArchived: $includeArchived) {
      edges {
        node {
          id
          key
          name
          description
          visibility
          family
          artifactKind
          revision
          isArchived
          rollout
          workflow {
            id
            name
          }
          pricingTier {
            id
            label
            currency
            unitPriceCents
          }
          categories {
            id
            label
          }
        }
      }
    }
  }
`);

const EffectiveParamsQuery = graphql(`
  query OutputTypeParams($id: ID!) {
    outputType(id: $id) {
      id
      effectiveParams {
        ...EffectiveParamFields
      }
      legacyPreview {
        report {
          key
          status
          target
          note
        }
      }
    }
  }
`);

type OutputType = OutputTypesData['outputTypes']['edges'][number]['node'];

function Details({ type, onClose, onChanged }: { type: OutputType; onClose: () => void; onChanged: () => void }) {
  const [{ data }] = useQuery({
    query: EffectiveParamsQuery,
    variables: { id: type.id },
    requestPolicy: 'cache-and-network',
  });
  const params = readFragment(EffectiveParamFields, data?.outputType?.effectiveParams ?? []);
  const report = data?.outputType?.legacyPreview.report ?? [];
  return (
    <aside className="panel" aria-label={`Output type ${type.name}`}>
      <header className="panel-head">
        <div className="panel-title">
          <h2>{type.name}</h2>
          <p className="muted mono">{type.key}</p>
        </div>
        <IconButton icon="close" label="Close the details" onClick={onClose} />
      </header>
      <div className="panel-body">
        <OutputTypeActions type={type} onChanged={onChanged} />
        {type.description && <p>{type.description}</p>}
        <dl className="facts">
          <dt>Family</dt>
          <dd>{FAMILY_LABEL[type.family]}</dd>
          <dt>Workflow</dt>
          <dd>{type.workflow ? <Link to={`/workflows/${type.workflow.id}`}>{type.workflow.name}</Link> : 'none'}</dd>
          <dt>Customer gets</dt>
          <dd>{roleLabel(type.artifactKind)}</dd>
          <dt>Visibility</dt>
          <dd>{VISIBILITY[type.visibility].label}</dd>
          <dt>Price</dt>
          <dd className="numeric">
            {type.pricingTier
              ? `${formatPrice(type.pricingTier.unitPriceCents, type.pricingTier.currency)} (${type.pricingTier.label})`
              : 'none set'}
          </dd>
          <dt>Categories</dt>
          <dd>{type.categories.length > 0 ? type.categories.map(({ label }) => label).join(', ') : 'all'}</dd>
        </dl>
        <RolloutSection outputTypeId={type.id} onChanged={onChanged} />
        <section className="panel-section">
          <h3>What an order runs with</h3>
          {type.workflow ? (
            <EffectiveParams params={params} />
          ) : (
            <p className="muted">Its legacy settings: there is no workflow.</p>
          )}
        </section>
        {report.length > 0 && (
          <section className="panel-section">
            <h3>Legacy settings</h3>
            <LegacyReport report={report} />
          </section>
        )}
      </div>
    </aside>
  );
}

/** What is sold. */
export function Component() {
  const [includeArchived, setIncludeArchived] = useState(false);
  const [{ data, error, fetching }, refetch] = useQuery({
    query: OutputTypesQuery,
    variables: { includeArchived },
    requestPolicy: 'cache-and-network',
  });
  const [openId, setOpenId] = useState<string | null>(null);
  const types = data?.outputTypes.edges.map(({ node }) => node) ?? [];
  const open = types.find(({ id }) => id === openId);
  return (
    <main id="main" className={`with-panel ${open ? 'has-panel' : ''}`} tabIndex={-1}>
      <title>Output types · HartOMat</title>
      <div className="page">
        <header className="page-header">
          <h1>Output types</h1>
          <div className="page-actions">
            <label>
              <input
                type="checkbox"
                checked={includeArchived}
                onChange={(event) => setIncludeArchived(event.target.checked)}
              />{' '}
              Archived ones too
            </label>
            <ButtonLink needs="author" to="/output-types/import">
              Import old ones
            </ButtonLink>
            <ButtonLink look="primary" icon="plus" needs="author" to="/output-types/new">
              New output type
            </ButtonLink>
          </div>
        </header>
        {error && <ProblemCallout problem={problemFromError(error)} title="The output types could not be loaded" />}
        {!data && fetching && <Loading label="Loading the output types" />}
        {data && types.length === 0 && (
          <EmptyState icon="tag" title="There is no output type yet">
            An output type says what is sold and which workflow makes it.
          </EmptyState>
        )}
        {types.length > 0 && (
          <div className="card">
            <div className="table-scroll">
              <table className="table">
                <thead>
                  <tr>
                    <th>Name</th>
                    <th>Customer gets</th>
                    <th>Workflow</th>
                    <th>Rollout</th>
                    <th>Visibility</th>
                    <th className="cell-end">Price</th>
                  </tr>
                </thead>
                <tbody>
                  {types.map((type) => (
                    <tr key={type.id}>
                      <td>
                        <button
                          type="button"
                          className="row-link row-button"
                          aria-expanded={type.id === openId}
                          onClick={() => setOpenId(type.id === openId ? null : type.id)}
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
                        {type.pricingTier
                          ? formatPrice(type.pricingTier.unitPriceCents, type.pricingTier.currency)
                          : ''}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </div>
        )}
      </div>
      {open && (
        <Details
          key={open.id}
          type={open}
          onClose={() => setOpenId(null)}
          onChanged={() => refetch({ requestPolicy: 'network-only' })}
        />
      )}
    </main>
  );
}
