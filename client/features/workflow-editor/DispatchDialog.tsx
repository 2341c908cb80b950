import { useState } from 'react';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import { Dialog } from '../../components/Dialog.js';
import { Labelled } from '../../components/Labelled.js';
import type { SearchOption } from '../../components/SearchChoice.js';
import { SubmitButtons } from '../../components/SubmitButtons.js';
import type { Family } from '../../gql/graphql.js';
import { graphql } from '../../gql/index.js';
import { CadFileChoice } from '../../shared/CadFileChoice.js';
import type { Problem } from '../../shared/errors.js';
import { useFamilies } from '../../shared/families.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { type ChosenProduct, ProductChoice } from '../../shared/ProductChoice.js';
import { RunPreflight } from '../../shared/preflight/RunPreflight.js';
import { type Outcome, useDispatch } from '../../shared/useDispatch.js';
import { useRequestKey } from '../../shared/useRequestKey.js';

const SubjectsQuery = graphql(`
  query DispatchSubjects($family: Family!, $isCad: Boolean!) {
    cadFiles(first: 1) @include(if: $isCad) {
      edges {
        node {
          id
          name
        }
      }
    }
    orders(first: 20) @skip(if: $isCad) {
      edges {
        node {
          id
          number
          lines {
            id
            lineNumber
            product {
              id
              name
            }
            outputType {
              id
              name
              workflow {
                id
              }
            }
          }
        }
      }
    }
    products(first: 1) @skip(if: $isCad) {
      totalCount
      edges {
        node {
          id
          name
          sku
        }
      }
    }
    outputTypes(first: 100, family: $family) @skip(if: $isCad) {
      edges {
        node {
          id
          name
          workflow {
            id
          }
        }
      }
    }
  }
`);

const NEW_LINE = 'new';

interface Choice {
  id: string;
  label: string;
}

function Choices({
  label,
  help,
  choices,
  value,
  onChange,
}: {
  label: string;
  help?: string;
  choices: readonly Choice[];
  value: string;
  onChange: (id: string) => void;
}) {
  return (
    <Labelled label={label} help={help}>
      {(ids) => (
        <select {...ids} className="control" value={value} onChange={(event) => onChange(event.target.value)}>
          {choices.map((choice) => (
            <option key={choice.id} value={choice.id}>
              {choice.label}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

/** Starts a run of this workflow for a CAD file or an order line. */
export function DispatchDialog({
  workflow,
  onStarted,
  onClose,
}: {
  workflow: { id: string; name: string; family: Family; versionNumber: number | null };
  /** Takes the id of the run. */
  onStarted: (runId: string) => void;
  onClose: () => void;
}) {
  const { family } = workflow;
  const isCad = useFamilies().find((each) => each.family === family)?.subject === 'cadFile';
  const [{ data, error }] = useQuery({
    query: SubjectsQuery,
    variables: { family, isCad },
    requestPolicy: 'cache-and-network',
  });
  const { dispatch, createOrderLine } = useDispatch();
  const keyOf = useRequestKey();
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const [chosenFile, setFile] = useState<SearchOption | null | undefined>(undefined);
  const [chosenProduct, setProduct] = useState<ChosenProduct | null | undefined>(undefined);
  const [useDraft, setUseDraft] = useState(true);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const newest = data?.cadFiles?.edges[0]?.node;
  const cadFile = chosenFile === undefined ? (newest ? { id: newest.id, label: newest.name } : null) : chosenFile;
  const outputTypes = data?.outputTypes?.edges.map(({ node }) => ({ ...node, label: node.name })) ?? [];
  const lines =
    data?.orders?.edges.flatMap(({ node: order }) =>
      order.lines
        .filter((line) => line.outputType.workflow?.id === workflow.id)
        .map((line) => ({
          id: line.id,
          label: `Order ${order.number}, line ${line.lineNumber}: ${line.product.name} · ${line.outputType.name}`,
        })),
    ) ?? [];
  const subject = isCad ? cadFile?.id : (chosen.subject ?? lines[0]?.id ?? NEW_LINE);
  const onlyProduct = data?.products?.totalCount === 1 ? data.products.edges[0]!.node : null;
  const product = chosenProduct === undefined ? onlyProduct : chosenProduct;
  const outputType =
    chosen.outputType ?? (outputTypes.find((type) => type.workflow?.id === workflow.id) ?? outputTypes[0])?.id;
  const isNewLine = subject === NEW_LINE;
  const canStart = isCad ? subject !== undefined : !isNewLine || (product !== null && outputType !== undefined);
  const choose = (name: string) => (id: string) => setChosen((old) => ({ ...old, [name]: id }));

  const start = async (): Promise<Outcome> => {
    const dispatchOf = (about: { cadFileId?: string; orderLineId?: string }) => {
      const run = { workflowId: workflow.id, useDraft, ...about };
      return dispatch({ ...run, idempotencyKey: keyOf(run) });
    };
    if (isCad) return dispatchOf({ cadFileId: subject });
    if (!isNewLine) return dispatchOf({ orderLineId: subject });
    const wanted = { productId: product!.id, outputTypeId: outputType! };
    const line = await createOrderLine({ ...wanted, idempotencyKey: keyOf(wanted) });
    if (line.problem) return line;
    // It is there now, whatever becomes of its run.
    choose('subject')(line.id);
    return dispatchOf({ orderLineId: line.id });
  };
  const submit = async () => {
    setBusy(true);
    const outcome = await start();
    setBusy(false);
    if (outcome.problem) setProblem(outcome.problem);
    else onStarted(outcome.id);
  };

  const isEmpty =
    data !== undefined && (isCad ? !newest : isNewLine && (data.products?.totalCount === 0 || !outputType));
  // A line that is not there yet cannot be looked at.
  const known = !isNewLine && subject !== undefined;
  return (
    <Dialog
      title={`Run “${workflow.name}”`}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <SubmitButtons icon="play" isBusy={isBusy} disabled={!canStart} onCancel={onClose}>
          Run
        </SubmitButtons>
      }
    >
      {error && <p className="field-error">The choices could not be loaded. Close this and try again.</p>}
      {isEmpty && (
        <p>
          {isCad ? 'There is no CAD file yet.' : 'There is no product or output type to order yet.'}{' '}
          <Link to="/library">Go to the library</Link>
        </p>
      )}
      {isCad && newest && <CadFileChoice chosen={cadFile} onChoose={setFile} />}
      {!isCad && data && (
        <Choices
          label="Order line"
          help="Running the same order line again reuses every result that the changes do not touch."
          choices={[...lines, { id: NEW_LINE, label: 'New order line …' }]}
          value={subject ?? NEW_LINE}
          onChange={choose('subject')}
        />
      )}
      {!isCad && isNewLine && !isEmpty && (
        <>
          <ProductChoice chosen={product} onChoose={setProduct} />
          <Choices label="Output type" choices={outputTypes} value={outputType ?? ''} onChange={choose('outputType')} />
        </>
      )}
      <Choices
        label="What to run"
        choices={[
          { id: 'draft', label: 'The draft' },
          ...(workflow.versionNumber === null
            ? []
            : [{ id: 'version', label: `The published version ${workflow.versionNumber}` }]),
        ]}
        value={useDraft ? 'draft' : 'version'}
        onChange={(id) => setUseDraft(id === 'draft')}
      />
      {known && (
        <RunPreflight
          input={{ workflowId: workflow.id, useDraft, ...(isCad ? { cadFileId: subject } : { orderLineId: subject }) }}
        />
      )}
      {problem && <ProblemCallout problem={problem} title="The run could not be started" />}
    </Dialog>
  );
}
