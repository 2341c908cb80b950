import { useState } from 'react';
import { useQuery } from 'urql';
import { SearchChoice } from '../components/SearchChoice.js';
import { graphql } from '../gql/index.js';

const MaterialChoices = graphql(`
  query MaterialChoices($text: String) {
    materials(first: 20, text: $text) {
      totalCount
      edges {
        node {
          id
          name
          label
        }
      }
    }
  }
`);

export interface ChosenMaterial {
  id: string;
  /** Its key. */
  name: string;
  label: string;
}

/** One material of a library of any size, found by its name. */
export function MaterialChoice({
  label,
  isLabelHidden,
  chosen,
  onChoose,
}: {
  label: string;
  isLabelHidden?: boolean;
  chosen: Pick<ChosenMaterial, 'id' | 'label'> | null;
  onChoose: (material: ChosenMaterial | null) => void;
}) {
  const [text, setText] = useState('');
  const [{ data, fetching }] = useQuery({
    query: MaterialChoices,
    variables: { text },
    requestPolicy: 'cache-and-network',
  });
  const materials = data?.materials.edges.map(({ node }) => node) ?? [];
  return (
    <SearchChoice
      label={label}
      isLabelHidden={isLabelHidden}
      placeholder="Name of the material"
      options={materials}
      chosen={chosen}
      isLoading={fetching}
      more={(data?.materials.totalCount ?? 0) - materials.length}
      onSearch={setText}
      onChoose={onChoose}
    />
  );
}
