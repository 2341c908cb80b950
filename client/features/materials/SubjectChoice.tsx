import { useState } from 'react';
import { useQuery } from 'urql';
import { SearchChoice } from '../../components/SearchChoice.js';
import { MaterialSubjectsQuery } from './operations.js';

/** Whom the library is tried on. */
export interface Subject {
  kind: 'product' | 'cad_file';
  id: string;
  label: string;
}

/** A product or a CAD file, found by name or article number. */
export function SubjectChoice({
  subject,
  onChoose,
}: {
  subject: Subject | null;
  onChoose: (subject: Subject | null) => void;
}) {
  const [text, setText] = useState('');
  const [{ data, fetching }] = useQuery({
    query: MaterialSubjectsQuery,
    variables: { products: { text }, cadFiles: { text } },
    requestPolicy: 'cache-and-network',
  });
  const products = (data?.products.edges ?? []).map(({ node: { id, name, sku } }) => ({
    kind: 'product' as const,
    id,
    label: name,
    note: sku,
  }));
  const cadFiles = (data?.cadFiles.edges ?? []).map(({ node: { id, name } }) => ({
    kind: 'cad_file' as const,
    id,
    label: name,
    note: 'CAD file',
  }));
  const all = (data?.products.totalCount ?? 0) + (data?.cadFiles.totalCount ?? 0);
  return (
    <SearchChoice
      label="Product or CAD file"
      isLabelHidden
      placeholder="Name or article number"
      options={[...products, ...cadFiles]}
      chosen={subject}
      isLoading={fetching}
      more={all - products.length - cadFiles.length}
      onSearch={setText}
      onChoose={onChoose}
    />
  );
}
