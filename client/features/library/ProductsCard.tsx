import { Button } from '../../components/Button.js';
import { ButtonLink } from '../../components/ButtonLink.js';
import { EmptyState } from '../../components/EmptyState.js';
import { Pager } from '../../components/Pager.js';
import { SearchField } from '../../components/SearchField.js';
import type { LibraryQuery } from '../../gql/graphql.js';
import type { Listed } from '../../shared/useListed.js';

export type Product = LibraryQuery['products']['edges'][number]['node'];

/** What can be ordered, by name. */
export function ProductsCard({
  products,
  listed,
  onChange,
}: {
  products: LibraryQuery['products'];
  listed: Listed;
  onChange: (product: Product) => void;
}) {
  return (
    <section className="card" aria-labelledby="products">
      <header className="card-header">
        <h2 id="products">Products</h2>
        <span className="muted numeric">{products.totalCount}</span>
        <SearchField
          label="Search the products"
          placeholder="Name or article number"
          value={listed.text}
          onSearch={listed.search}
        />
      </header>
      {products.edges.length === 0 &&
        (listed.text ? (
          <EmptyState icon="search" title={`No product fits “${listed.text}”`} />
        ) : (
          <EmptyState icon="tag" title="No products yet">
            Upload a CAD file and make a product of it with “Product”; then it can be ordered.
          </EmptyState>
        ))}
      {products.edges.length > 0 && (
        <div className="table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th>Article number</th>
                <th>Name</th>
                <th>Category</th>
                <th>CAD file</th>
                <th>
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {products.edges.map(({ node: product }) => (
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
            </tbody>
          </table>
        </div>
      )}
      <Pager
        label="Pages of products"
        after={listed.after}
        page={products.pageInfo}
        words={['First', 'More']}
        onPage={listed.turn}
      />
    </section>
  );
}
