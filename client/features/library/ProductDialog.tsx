import { useRef, useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Callout } from '../../components/Callout.js';
import { Dialog } from '../../components/Dialog.js';
import { Labelled } from '../../components/Labelled.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { graphql } from '../../gql/index.js';
import { issueAt, type Problem, problemOf } from '../../shared/errors.js';
import { ProblemBesideFields } from '../../shared/Problem.js';
import { CadFileChoice } from './CadFileChoice.js';
import type { Product } from './ProductsCard.js';

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

const UpdateProduct = graphql(`
  mutation UpdateProduct($input: UpdateProductInput!) {
    updateProduct(input: $input) {
      __typename
      ... on Product {
        id
        name
        category {
          id
          key
          label
        }
        cadFile {
          id
          name
        }
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

const FIELDS = ['/name', '/sku'];

/** A number that is taken is a matter of its field. */
const placeTaken = (problem: Problem): Problem =>
  problem.code === 'SKU_TAKEN' ? { ...problem, issues: [{ path: '/sku', message: problem.message }] } : problem;

/** Makes a product of a CAD file, so that it can be ordered; or changes one, above all when its geometry was revised. */
export function ProductDialog({
  subject,
  onClose,
  onSaved,
}: {
  subject: { cadFile: { id: string; name: string } } | { product: Product };
  onClose: () => void;
  onSaved: () => void;
}) {
  const product = 'product' in subject ? subject.product : null;
  const before = 'product' in subject ? subject.product.cadFile : subject.cadFile;
  const [name, setName] = useState(() => product?.name ?? nameFrom(before?.name ?? ''));
  const [sku, setSku] = useState(product?.sku ?? '');
  const [categoryKey, setCategoryKey] = useState(product?.category?.key ?? '');
  const [cadFile, setCadFile] = useState(before ?? null);
  const [{ data }] = useQuery({ query: CategoriesQuery });
  const [creation, create] = useMutation(CreateProduct);
  const [change, update] = useMutation(UpdateProduct);
  const [problem, setProblem] = useState<Problem | null>(null);
  const skuField = useRef<HTMLInputElement>(null);
  const isComplete = name.trim() !== '' && sku.trim() !== '' && cadFile !== null;
  const submit = async () => {
    const content = { name: name.trim(), cadFileId: cadFile!.id, categoryKey: categoryKey || null };
    const result = product
      ? await update({ input: { productId: product.id, ...content } }).then((answer) =>
          problemOf(answer.data?.updateProduct, answer.error),
        )
      : await create({ input: { sku: sku.trim(), ...content } }).then((answer) =>
          problemOf(answer.data?.createProduct, answer.error),
        );
    const placed = result && placeTaken(result);
    setProblem(placed);
    if (issueAt(placed, '/sku')) skuField.current?.focus();
    if (result) return;
    onSaved();
    onClose();
  };
  return (
    <Dialog
      title={product ? 'Edit product' : 'New product'}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons isBusy={creation.fetching || change.fetching} disabled={!isComplete} onCancel={onClose}>
          {product ? 'Save' : 'Create the product'}
        </SubmitButtons>
      }
    >
      {product ? (
        <CadFileChoice chosen={cadFile} onChoose={setCadFile} />
      ) : (
        <p className="muted">From the CAD file {cadFile?.name}.</p>
      )}
      {product?.cadFile && cadFile?.id !== product.cadFile.id && (
        <Callout tone="warn" title="Revised geometry">
          What was made of {product.cadFile.name} stays, and is listed as out of date.
        </Callout>
      )}
      <Labelled label="Name" error={issueAt(problem, '/name')}>
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
      <Labelled
        label="Article number (SKU)"
        help="Each number once, for example BRG-6205."
        error={issueAt(problem, '/sku')}
      >
        {(ids) => (
          <input
            {...ids}
            ref={skuField}
            className="control"
            value={sku}
            maxLength={64}
            disabled={product !== null}
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
      <ProblemBesideFields problem={problem} fields={FIELDS} />
    </Dialog>
  );
}
