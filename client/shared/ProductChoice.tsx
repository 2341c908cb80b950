import { useState } from 'react';
import { useQuery } from 'urql';
import { SearchChoice } from '../components/SearchChoice.js';
import { graphql } from '../gql/index.js';

const ProductChoices = graphql(`
  query ProductChoices($filter: ProductFilter) {
    products(first: 20, filter: $filter) {
      totalCount
      edges {
        node {
          id
          name
          sku
        }
      }
    }
  }
`);

export interface ChosenProduct {
  id: string;
  name: string;
  sku: string;
}

/** One product of a catalogue of any size, found by name or article number. */
export function ProductChoice({
  chosen,
  onChoose,
}: {
  chosen: ChosenProduct | null;
  onChoose: (product: ChosenProduct | null) => void;
}) {
  const [text, setText] = useState('');
  const [{ data, fetching }] = useQuery({
    query: ProductChoices,
    variables: { filter: { text } },
    requestPolicy: 'cache-and-network',
  });
  const products = data?.products.edges.map(({ node }) => node) ?? [];
  const optionOf = ({ id, name, sku }: ChosenProduct) => ({ id, name, sku, label: name, note: sku });
  return (
    <SearchChoice
      label="Product"
      placeholder="Name or article number"
      options={products.map(optionOf)}
      chosen={chosen && optionOf(chosen)}
      isLoading={fetching}
      more={(data?.products.totalCount ?? 0) - products.length}
      onSearch={setText}
      onChoose={onChoose}
    />
  );
}
