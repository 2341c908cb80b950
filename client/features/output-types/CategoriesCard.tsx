import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { EmptyState } from '../../components/EmptyState.js';
import { ACTIONS } from '../../components/Table.js';
import type { CategoryFieldsFragment } from '../../gql/graphql.js';
import { readFragment } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ListCard } from '../../shared/ListCard.js';
import { useArchiving } from '../../shared/useArchiving.js';
import { CategoryDialog } from './CategoryDialog.js';
import { ArchiveCategory, CategoriesQuery, CategoryFields } from './priceOperations.js';

/** What products are grouped by. */
export function CategoriesCard({ includeArchived }: { includeArchived: boolean }) {
  const [after, setAfter] = useState<string | null>(null);
  const [answer, refetch] = useQuery({
    query: CategoriesQuery,
    variables: { includeArchived, after },
    requestPolicy: 'cache-and-network',
  });
  const [edited, setEdited] = useState<CategoryFieldsFragment | 'new' | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [{ fetching: isArchiving }, archive] = useMutation(ArchiveCategory);
  const list = answer.data?.categories;
  const categories = readFragment(CategoryFields, list?.edges.map(({ node }) => node) ?? []);
  const reload = () => refetch({ requestPolicy: 'network-only' });
  const setArchived = useArchiving(setProblem, reload);
  const toggle = ({ id, label, archivedAt }: CategoryFieldsFragment) =>
    setArchived(label, !archivedAt, async (isArchived) => {
      const { data, error } = await archive({ input: { categoryId: id, isArchived } });
      return problemOf(data?.archiveCategory, error);
    });
  const add = (
    <Button icon="plus" needs="author" onClick={() => setEdited('new')}>
      Category
    </Button>
  );
  return (
    <>
      <ListCard
        title="Product categories"
        list={list}
        tools={categories.length > 0 && add}
        problem={problem}
        after={after}
        onPage={setAfter}
        what="the categories"
        answer={answer}
        empty={
          <EmptyState icon="filter" title="There is no category yet" actions={add}>
            With categories, output types and material rules can be for some products only.
          </EmptyState>
        }
        columns={['Name', { label: 'Products', isEnd: true }, { label: 'Output types', isEnd: true }, ACTIONS]}
      >
        {categories.map((category) => (
          <tr key={category.id}>
            <td>
              {category.label} {category.archivedAt && <Badge tone="calm">Archived</Badge>}
            </td>
            <td className="numeric cell-end muted">{category.productCount}</td>
            <td className="numeric cell-end muted">{category.outputTypeCount}</td>
            <td className="cell-actions">
              <div className="page-actions">
                <Button
                  look="quiet"
                  needs="author"
                  aria-label={`Rename the category ${category.label}`}
                  onClick={() => setEdited(category)}
                >
                  Rename
                </Button>
                <Button
                  look="quiet"
                  needs="author"
                  disabled={isArchiving}
                  aria-label={`${category.archivedAt ? 'Offer' : 'Archive'} the category ${category.label}`}
                  onClick={() => toggle(category)}
                >
                  {category.archivedAt ? 'Offer again' : 'Archive'}
                </Button>
              </div>
            </td>
          </tr>
        ))}
      </ListCard>
      {edited && (
        <CategoryDialog category={edited === 'new' ? null : edited} onClose={() => setEdited(null)} onSaved={reload} />
      )}
    </>
  );
}
