import { useState } from 'react';
import { useQuery } from 'urql';
import { formatAgo } from '../../components/format.js';
import { SearchChoice } from '../../components/SearchChoice.js';
import { graphql } from '../../gql/index.js';

const CadFilesQuery = graphql(`
  query CadFileChoice($filter: CadFileFilter) {
    cadFiles(first: 10, filter: $filter) {
      totalCount
      edges {
        node {
          id
          name
          createdAt
        }
      }
    }
  }
`);

/** A CAD file of the library, found by name; the newest first. */
export function CadFileChoice({
  chosen,
  onChoose,
}: {
  chosen: { id: string; name: string } | null;
  onChoose: (file: { id: string; name: string } | null) => void;
}) {
  const [text, setText] = useState('');
  const [{ data, fetching }] = useQuery({
    query: CadFilesQuery,
    variables: { filter: { text } },
    requestPolicy: 'cache-and-network',
  });
  const files = data?.cadFiles.edges.map(({ node }) => node) ?? [];
  return (
    <SearchChoice
      label="CAD file"
      placeholder="Name of the file"
      options={files.map(({ id, name, createdAt }) => ({ id, label: name, note: formatAgo(createdAt, Date.now()) }))}
      chosen={chosen && { id: chosen.id, label: chosen.name }}
      isLoading={fetching}
      more={(data?.cadFiles.totalCount ?? 0) - files.length}
      onSearch={setText}
      onChoose={(option) => onChoose(option && { id: option.id, name: option.label })}
    />
  );
}
