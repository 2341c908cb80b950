import { Button } from '../../components/Button.js';
import { ButtonLink } from '../../components/ButtonLink.js';
import { EmptyState } from '../../components/EmptyState.js';
import { SearchField } from '../../components/SearchField.js';
import { ACTIONS } from '../../components/Table.js';
import type { ProductsQuery } from '../../gql/graphql.js';
import { ListCard } from '../../shared/ListCard.js';
import type { Answer } from '../../shared/Listing.js';
import type { Listed } from '../../shared/useListed.js';

export type Product = ProductsQuery['products']['edges'][number]['node'];

/** What can be ordered, by name. */
export function ProductsCard({
  answer,
  listed,
  onChange,
}: {
  answer: Answer<ProductsQuery>;
  listed: Listed;
  onChange: (product: Product) => void;
}) {
  const list = answer.data?.products;
  const products = list?.edges.map(({ node }) => node) ?? [];
  return (
    <ListCard
      title="Products"
      list={list}
      tools={
        <SearchField
          label="Search the products"
          placeholder="Name or article number"
          value={listed.text}
          onSearch={listed.search}
        />
      }
      after={listed.after}
      onPage={listed.turn}
      what="the products"
      answer={answer}
      empty={
        listed.text ? (
          <EmptyState icon="search" title={`No product fits “${listed.text}”`} />
        ) : (
          <EmptyState icon="tag" title="No products yet">
            Upload a CAD file and make a product of it with “Product”; then it can be ordered.
          </EmptyState>
        )
      }
      columns={['Article number', 'Name', 'Category', 'CAD file', ACTIONS]}
    >
      {products.map((product) => (
        <tr key={product.id}>
          <td className="mono">{product.sku}</td>
          <td>{product.name}</td>
          <td className="muted">{product.category?.label ?? 'none'}</td>
          <td className="muted">{product.cadFile?.name ?? 'none'}</td>
          <td className="cell-actions">
            <div className="page-actions">
              <Button look="quiet" needs="author" onClick={() => onChange(product)}>
                Edit
              </Button>
              <ButtonLink icon="inbox" needs="order" to={`/orders?product=${product.id}`}>
                Order
              </ButtonLink>
            </div>
          </td>
        </tr>
      ))}
    </ListCard>
  );
}
