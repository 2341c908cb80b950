import { useState } from 'react';
import { useQuery } from 'urql';
import { SearchChoice, type SearchOption } from '../components/SearchChoice.js';
import { graphql } from '../gql/index.js';

const CadFileChoices = graphql(`
  query CadFileChoices($filter: CadFileFilter) {
    cadFiles(first: 20, filter: $filter) {
      totalCount
      edges {
        node {
          id
          name
        }
      }
    }
  }
`);

/** One CAD file of a library of any size, found by its name; newest first. */
export function CadFileChoice({
  chosen,
  onChoose,
}: {
  chosen: SearchOption | null;
  onChoose: (file: SearchOption | null) => void;
}) {
  const [text, setText] = useState('');
  const [{ data, fetching }] = useQuery({
    query: CadFileChoices,
    variables: { filter: { text } },
    requestPolicy: 'cache-and-network',
  });
  const files = data?.cadFiles.edges.map(({ node }) => ({ id: node.id, label: node.name })) ?? [];
  return (
    <SearchChoice
      label="CAD file"
      placeholder="Name of the file"
      options={files}
      chosen={chosen}
      isLoading={fetching}
      more={(data?.cadFiles.totalCount ?? 0) - files.length}
      onSearch={setText}
      onChoose={onChoose}
    />
  );
}
