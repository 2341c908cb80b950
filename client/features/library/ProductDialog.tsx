import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { Labelled } from '../../components/Labelled.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';

const CreateProduct = graphql(`
  mutation CreateProduct($input: CreateProductInput!) {
    createProduct(input: $input) {
      __typename
      ... on Product {
        id
      }
      ...ProblemParts
    }
  }
`);

const CategoriesQuery = graphql(`
  query Categories {
    lookup(name: "categories") {
      value
      label
    }
  }
`);

/** "Ball_Bearing 6205.step" → "Ball Bearing 6205". */
const nameFrom = (fileName: string) =>
  fileName
    .replace(/\.[^.]+$/, '')
    .replaceAll(/[_-]+/g, ' ')
    .trim();

/** Makes a product of a CAD file, so that it can be ordered. */
export function ProductDialog({
  cadFile,
  onClose,
  onCreated,
}: {
  cadFile: { id: string; name: string };
  onClose: () => void;
  onCreated: () => void;
}) {
  const [name, setName] = useState(() => nameFrom(cadFile.name));
  const [sku, setSku] = useState('');
  const [categoryKey, setCategoryKey] = useState('');
  const [{ data }] = useQuery({ query: CategoriesQuery });
  const [{ fetching }, create] = useMutation(CreateProduct);
  const [problem, setProblem] = useState<Problem | null>(null);
  const isComplete = name.trim() !== '' && sku.trim() !== '';
  const submit = async () => {
    const input = { sku: sku.trim(), name: name.trim(), cadFileId: cadFile.id, categoryKey: categoryKey || null };
    const { data: answer, error } = await create({ input });
    const result = problemOf(answer?.createProduct, error);
    setProblem(result);
    if (result) return;
    onCreated();
    onClose();
  };
  return (
    <Dialog
      title="New product"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button look="primary" isBusy={fetching} disabled={!isComplete} onClick={submit}>
            Create the product
          </Button>
        </>
      }
    >
      <p className="muted">From the CAD file {cadFile.name}.</p>
      <Labelled label="Name">
        {(ids) => (
          <input
            {...ids}
            className="control"
            value={name}
            maxLength={200}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Labelled>
      <Labelled label="Article number (SKU)" help="Each number once, for example BRG-6205.">
        {(ids) => (
          <input
            {...ids}
            className="control"
            value={sku}
            maxLength={64}
            onChange={(event) => setSku(event.target.value)}
          />
        )}
      </Labelled>
      <Labelled label="Category" help="Material rules may depend on it.">
        {(ids) => (
          <select
            {...ids}
            className="control"
            value={categoryKey}
            onChange={(event) => setCategoryKey(event.target.value)}
          >
            <option value="">None</option>
            {data?.lookup.map((category) => (
              <option key={category.value} value={category.value}>
                {category.label}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      {problem && <ProblemCallout problem={problem} />}
    </Dialog>
  );
}
