import type { JsonSchema } from '@jsonforms/core';
import { useMemo, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { Labelled } from '../../components/Labelled.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import { schemaErrors } from '../../forms/ajv.js';
import { optionsToStore } from '../../forms/optionsToStore.js';
import { SchemaForm } from '../../forms/SchemaForm.js';
import { graphql } from '../../gql/index.js';
import type { Problem } from '../../shared/errors.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { type ChosenProduct, ProductChoice } from '../../shared/ProductChoice.js';
import { type LineOutcome, useDispatch } from '../../shared/useDispatch.js';
import { useRequestKey } from '../../shared/useRequestKey.js';

const OrderChoicesQuery = graphql(`
  query OrderChoices($productId: ID!, $hasProduct: Boolean!) {
    product(id: $productId) @include(if: $hasProduct) {
      id
      name
      sku
    }
    products(first: 1) {
      totalCount
      edges {
        node {
          id
          name
          sku
        }
      }
    }
    outputTypes(subject: orderLine, first: 100) {
      edges {
        node {
          id
          name
          description
          inputSchema
          inputUiSchema
          inputDefaults
        }
      }
    }
  }
`);

type Placed = Extract<LineOutcome, { problem: null }>;

/** Orders a product in an output type: a line of an order that is there, or an order of its own, whose run it can start. */
export function OrderDialog({
  productId,
  orderId,
  onClose,
  onCreated,
}: {
  /** Chosen from the start. */
  productId?: string | null;
  /** The order to add to; when left out, a new one. */
  orderId?: string;
  onClose: () => void;
  onCreated: () => void;
}) {
  const [{ data, error }] = useQuery({
    query: OrderChoicesQuery,
    variables: { productId: productId ?? '', hasProduct: productId != null },
    requestPolicy: 'cache-and-network',
  });
  const { createOrderLine, dispatch } = useDispatch();
  const navigate = useNavigate();
  const keyOf = useRequestKey();
  const [chosen, setChosen] = useState<{ product?: ChosenProduct | null; outputType?: string }>({});
  const [quantity, setQuantity] = useState('1');
  const [options, setOptions] = useState<Record<string, unknown>>({});
  const [placed, setPlaced] = useState<Placed | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);

  const isCatalogueEmpty = data?.products.totalCount === 0;
  const onlyProduct = data?.products.totalCount === 1 ? data.products.edges[0]!.node : null;
  const outputTypes = data?.outputTypes.edges.map(({ node }) => node) ?? [];
  const product = chosen.product === undefined ? (data?.product ?? onlyProduct) : chosen.product;
  const outputType = outputTypes.find(({ id }) => id === chosen.outputType) ?? outputTypes[0];
  const form = useMemo(
    () => ({
      schema: (outputType?.inputSchema ?? { type: 'object', properties: {} }) as JsonSchema,
      uiSchema: outputType?.inputUiSchema,
      defaults: (outputType?.inputDefaults ?? {}) as Record<string, unknown>,
    }),
    [outputType],
  );
  const value = useMemo(() => ({ ...form.defaults, ...options }), [form, options]);
  const pieces = Number(quantity);
  const isQuantityWrong = !Number.isInteger(pieces) || pieces < 1;
  const canOrder = product && outputType && !isQuantityWrong && schemaErrors(form.schema, value).length === 0;

  const run = async (line: Placed) => {
    setBusy(true);
    const started = await dispatch({ orderLineId: line.id, idempotencyKey: keyOf(line.id) });
    setBusy(false);
    setPlaced(line);
    setProblem(started.problem);
    if (!started.problem) navigate(`/runs/${started.id}`);
  };
  const submit = async (andRun: boolean) => {
    if (!product || !outputType) return;
    setBusy(true);
    const wanted = { orderId, productId: product.id, outputTypeId: outputType.id, quantity: pieces, options };
    const line = await createOrderLine({ ...wanted, idempotencyKey: keyOf(wanted) });
    setBusy(false);
    setProblem(line.problem);
    if (line.problem) return;
    onCreated();
    if (orderId) onClose();
    else if (andRun) await run(line);
    else navigate(`/orders/${line.orderId}`);
  };
  if (placed && problem)
    return (
      <Dialog
        title="New order"
        onClose={onClose}
        onSubmit={() => run(placed)}
        footer={
          <>
            <Button onClick={() => navigate(`/orders/${placed.orderId}`)}>Show the order</Button>
            <Button type="submit" look="primary" icon="play" isBusy={isBusy}>
              Run it
            </Button>
          </>
        }
      >
        <ProblemCallout problem={problem} title="The order is placed, but it does not run yet" />
      </Dialog>
    );

  return (
    <Dialog
      size="lg"
      title={orderId ? 'New line' : 'New order'}
      onClose={onClose}
      onSubmit={() => submit(!orderId)}
      footer={
        <SubmitButtons
          icon={orderId ? undefined : 'play'}
          isBusy={isBusy}
          disabled={!canOrder}
          onCancel={onClose}
          beside={
            !orderId && (
              <Button isBusy={isBusy} disabled={!canOrder} onClick={() => submit(false)}>
                Place the order
              </Button>
            )
          }
        >
          {orderId ? 'Add the line' : 'Order and run'}
        </SubmitButtons>
      }
    >
      {error && <p className="field-error">The choices could not be loaded. Close this and try again.</p>}
      {isCatalogueEmpty && (
        <p>
          There is no product to order yet. <Link to="/library">Make one of a CAD file</Link>
        </p>
      )}
      {data && outputTypes.length === 0 && (
        <p>
          There is no output type to order yet. <Link to="/output-types">See the output types</Link>
        </p>
      )}
      {data && !isCatalogueEmpty && outputType && (
        <>
          <div className="order-row">
            <ProductChoice chosen={product} onChoose={(next) => setChosen({ ...chosen, product: next })} />
            <Labelled label="Output type" help={outputType.description || undefined}>
              {(ids) => (
                <select
                  {...ids}
                  className="control"
                  value={outputType.id}
                  onChange={(event) => {
                    setChosen({ ...chosen, outputType: event.target.value });
                    setOptions({});
                  }}
                >
                  {outputTypes.map((each) => (
                    <option key={each.id} value={each.id}>
                      {each.name}
                    </option>
                  ))}
                </select>
              )}
            </Labelled>
            <Labelled label="Quantity" error={isQuantityWrong ? 'A whole number from 1.' : null}>
              {(ids) => (
                <input
                  {...ids}
                  className="control numeric"
                  inputMode="numeric"
                  value={quantity}
                  onChange={(event) => setQuantity(event.target.value)}
                />
              )}
            </Labelled>
          </div>
          {Object.keys(form.schema.properties ?? {}).length > 0 && (
            <details className="form-section" open={Object.keys(options).length > 0}>
              <summary>
                Options for this order{' '}
                <span className="muted">
                  {Object.keys(options).length === 0
                    ? 'as the output type has them'
                    : `${Object.keys(options).length} changed`}
                </span>
              </summary>
              <SchemaForm
                key={outputType.id}
                schema={form.schema}
                uiSchema={form.uiSchema}
                value={value}
                defaults={form.defaults}
                onChange={(next) => setOptions(optionsToStore(next as Record<string, unknown>, form.defaults))}
              />
            </details>
          )}
        </>
      )}
      {problem && <ProblemCallout problem={problem} title="The order did not go through" />}
    </Dialog>
  );
}
