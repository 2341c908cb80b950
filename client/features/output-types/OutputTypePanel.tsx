import { Link } from 'react-router';
import { useQuery } from 'urql';
import { IconButton } from '../../components/Button.js';
import { CopyButton } from '../../components/CopyButton.js';
import { formatPrice } from '../../components/format.js';
import { graphql, readFragment } from '../../gql/index.js';
import { FamilyName } from '../../shared/families.js';
import { roleLabel } from '../../shared/words.js';
import { EffectiveParams } from './EffectiveParams.js';
import { LegacyReport } from './LegacyReport.js';
import { OutputTypeActions } from './OutputTypeActions.js';
import { EffectiveParamFields } from './operations.js';
import type { OutputType } from './outputTypes.js';
import { RolloutSection } from './RolloutSection.js';
import { VISIBILITY } from './words.js';

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

/** All about one output type, beside the list. */
export function OutputTypePanel({
  type,
  onClose,
  onChanged,
}: {
  type: OutputType;
  onClose: () => void;
  onChanged: () => void;
}) {
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
          <p className="muted">
            <span className="mono">{type.key}</span>{' '}
            <CopyButton label="Copy the id of the output type" text={type.id} />
          </p>
        </div>
        <IconButton icon="close" label="Close the details" onClick={onClose} />
      </header>
      <div className="panel-body">
        <OutputTypeActions type={type} onChanged={onChanged} />
        {type.description && <p>{type.description}</p>}
        <dl className="facts">
          <dt>Family</dt>
          <dd>
            <FamilyName family={type.family} />
          </dd>
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
