import './outputTypes.css';
import { useState } from 'react';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { IconButton } from '../../components/Button.js';
import { EmptyState, Loading } from '../../components/EmptyState.js';
import { formatPrice } from '../../components/format.js';
import { JsonTree } from '../../components/JsonTree.js';
import type { OutputTypesQuery as OutputTypesData, Rollout, Visibility } from '../../gql/graphql.js';
import { graphql } from '../../gql/index.js';
import { problemFromError } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { FAMILY_LABEL, roleLabel } from '../../shared/words.js';

const OutputTypesQuery = graphql(`
  query OutputTypes {
    outputTypes(first: 100) {
      edges {
        node {
          id
          key
          name
          description
          visibility
          family
          artifactKind
          overrides
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

type OutputType = OutputTypesData['outputTypes']['edges'][number]['node'];

const ROLLOUT: Record<Rollout, { label: string; help: string }> = {
  legacy: { label: 'Legacy', help: 'Orders run through the legacy pipeline.' },
  shadow: { label: 'Shadow', help: 'Legacy delivers; the workflow runs beside it for comparison.' },
  graph: { label: 'Graph', help: 'Orders run through the workflow.' },
};
const VISIBILITY: Record<Visibility, string> = { public: 'Public', internal: 'Internal', hidden: 'Hidden' };

function Details({ type, onClose }: { type: OutputType; onClose: () => void }) {
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
        {type.description && <p>{type.description}</p>}
        <dl className="facts">
          <dt>Family</dt>
          <dd>{FAMILY_LABEL[type.family]}</dd>
          <dt>Workflow</dt>
          <dd>{type.workflow ? <Link to={`/workflows/${type.workflow.id}`}>{type.workflow.name}</Link> : 'none'}</dd>
          <dt>Customer gets</dt>
          <dd>{roleLabel(type.artifactKind)}</dd>
          <dt>Rollout</dt>
          <dd>
            {ROLLOUT[type.rollout].label}
            <p className="field-help">{ROLLOUT[type.rollout].help}</p>
          </dd>
          <dt>Visibility</dt>
          <dd>{VISIBILITY[type.visibility]}</dd>
          <dt>Price</dt>
          <dd className="numeric">
            {type.pricingTier
              ? `${formatPrice(type.pricingTier.unitPriceCents, type.pricingTier.currency)} (${type.pricingTier.label})`
              : 'none set'}
          </dd>
          <dt>Categories</dt>
          <dd>{type.categories.length > 0 ? type.categories.map(({ label }) => label).join(', ') : 'all'}</dd>
        </dl>
        <section className="panel-section">
          <h3>What it changes in the workflow</h3>
          {Object.keys((type.overrides ?? {}) as object).length === 0 ? (
            <p className="muted">Nothing: the workflow runs with its own settings.</p>
          ) : (
            <JsonTree value={type.overrides} label="Overrides" />
          )}
        </section>
      </div>
    </aside>
  );
}

/** What is sold. */
export function Component() {
  const [{ data, error, fetching }] = useQuery({ query: OutputTypesQuery, requestPolicy: 'cache-and-network' });
  const [openId, setOpenId] = useState<string | null>(null);
  const types = data?.outputTypes.edges.map(({ node }) => node) ?? [];
  const open = types.find(({ id }) => id === openId);
  return (
    <main id="main" className={`with-panel ${open ? 'has-panel' : ''}`} tabIndex={-1}>
      <title>Output types · HartOMat</title>
      <div className="page">
        <header className="page-header">
          <h1>Output types</h1>
        </header>
        {error && <ProblemCallout problem={problemFromError(error)} title="The output types could not be loaded" />}
        {!data && fetching && <Loading label="Loading the output types" />}
        {data && types.length === 0 && (
          <EmptyState icon="tag" title="There is no output type yet">
            Output types say what is sold and which workflow makes it. The first start of HartOMat adds some: run{' '}
            <code>npm start</code> once.
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
                      </td>
                      <td className="muted">{roleLabel(type.artifactKind)}</td>
                      <td className="muted">{type.workflow?.name ?? 'none (legacy)'}</td>
                      <td>
                        <Badge tone={type.rollout === 'graph' ? 'ok' : type.rollout === 'shadow' ? 'busy' : 'calm'}>
                          {ROLLOUT[type.rollout].label}
                        </Badge>
                      </td>
                      <td className="muted">{VISIBILITY[type.visibility]}</td>
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
      {open && <Details type={open} onClose={() => setOpenId(null)} />}
    </main>
  );
}
