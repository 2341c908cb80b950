import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { EmptyState } from '../../components/EmptyState.js';
import { formatPrice } from '../../components/format.js';
import { ACTIONS } from '../../components/Table.js';
import type { PricingTierFieldsFragment } from '../../gql/graphql.js';
import { readFragment } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ListCard } from '../../shared/ListCard.js';
import { useArchiving } from '../../shared/useArchiving.js';
import { PricingTierDialog } from './PricingTierDialog.js';
import { ArchivePricingTier, PricingTierFields, PricingTiersQuery } from './priceOperations.js';

/** What a piece can cost. */
export function PricingTiersCard({ includeArchived }: { includeArchived: boolean }) {
  const [after, setAfter] = useState<string | null>(null);
  const [answer, refetch] = useQuery({
    query: PricingTiersQuery,
    variables: { includeArchived, after },
    requestPolicy: 'cache-and-network',
  });
  const [edited, setEdited] = useState<PricingTierFieldsFragment | 'new' | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [{ fetching: isArchiving }, archive] = useMutation(ArchivePricingTier);
  const list = answer.data?.pricingTiers;
  const tiers = readFragment(PricingTierFields, list?.edges.map(({ node }) => node) ?? []);
  const reload = () => refetch({ requestPolicy: 'network-only' });
  const setArchived = useArchiving(setProblem, reload);
  const toggle = ({ id, label, archivedAt }: PricingTierFieldsFragment) =>
    setArchived(label, !archivedAt, async (isArchived) => {
      const { data, error } = await archive({ input: { pricingTierId: id, isArchived } });
      return problemOf(data?.archivePricingTier, error);
    });
  const add = (
    <Button icon="plus" needs="author" onClick={() => setEdited('new')}>
      Price
    </Button>
  );
  return (
    <>
      <ListCard
        title="Prices"
        list={list}
        tools={tiers.length > 0 && add}
        problem={problem}
        after={after}
        onPage={setAfter}
        what="the prices"
        answer={answer}
        empty={
          <EmptyState icon="tag" title="There is no price yet" actions={add}>
            Output types without one are sold at a price on request.
          </EmptyState>
        }
        columns={['Name', { label: 'A piece', isEnd: true }, { label: 'Output types', isEnd: true }, ACTIONS]}
      >
        {tiers.map((tier) => (
          <tr key={tier.id}>
            <td>
              {tier.label} {tier.archivedAt && <Badge tone="calm">Archived</Badge>}
            </td>
            <td className="numeric cell-end">{formatPrice(tier.unitPriceCents, tier.currency)}</td>
            <td className="numeric cell-end muted">{tier.outputTypeCount}</td>
            <td className="cell-actions">
              <div className="page-actions">
                <Button
                  look="quiet"
                  needs="author"
                  aria-label={`Edit the price ${tier.label}`}
                  onClick={() => setEdited(tier)}
                >
                  Edit
                </Button>
                <Button
                  look="quiet"
                  needs="author"
                  disabled={isArchiving}
                  aria-label={`${tier.archivedAt ? 'Offer' : 'Archive'} the price ${tier.label}`}
                  onClick={() => toggle(tier)}
                >
                  {tier.archivedAt ? 'Offer again' : 'Archive'}
                </Button>
              </div>
            </td>
          </tr>
        ))}
      </ListCard>
      {edited && (
        <PricingTierDialog tier={edited === 'new' ? null : edited} onClose={() => setEdited(null)} onSaved={reload} />
      )}
    </>
  );
}
