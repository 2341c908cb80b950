import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import { useMutation } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { Callout } from '../../components/Callout.js';
import type { WorkflowQuery as WorkflowData } from '../../gql/graphql.js';
import { graphql, readFragment } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { FamilyName } from '../../shared/families.js';
import { definitionsByStep } from '../../shared/graph/definitions.js';
import { GraphCanvas } from '../../shared/graph/GraphCanvas.js';
import { nodeLabel, readGraph } from '../../shared/graph/graphModel.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { AboutDialog } from './AboutDialog.js';
import { FindingFragment } from './useFindings.js';

const Split = graphql(`
  mutation SplitWorkflow($input: SplitWorkflowInput!) {
    splitWorkflow(input: $input) {
      __typename
      ... on WorkflowSplit {
        workflow {
          id
          draftRevision
        }
        made {
          id
        }
      }
      ...ProblemParts
    }
  }
`);

type Workflow = NonNullable<WorkflowData['workflow']>;
type FamilySplit = NonNullable<Workflow['familySplit']>;

/** A draft with nodes of two families: shown, not edited, with the reasons and a way to divide it. */
export function MixedWorkflow({
  workflow,
  split,
  definitions: list,
  onDivided,
}: {
  workflow: Workflow;
  split: FamilySplit;
  definitions: WorkflowData['nodeDefinitions'];
  onDivided: () => void;
}) {
  const navigate = useNavigate();
  const [{ fetching }, divide] = useMutation(Split);
  const [isAboutOpen, setAboutOpen] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const graph = useMemo(() => readGraph(workflow.draft), [workflow.draft]);
  const definitions = useMemo(() => definitionsByStep(list), [list]);
  const labels = useMemo(
    () => new Map(graph.nodes.map((node) => [node.id, nodeLabel(node, definitions.get(node.step))])),
    [graph, definitions],
  );
  const strangers = readFragment(FindingFragment, workflow.findings).filter(({ code }) =>
    code.endsWith('NODE_WRONG_FAMILY'),
  );
  const overlays = useMemo(
    () => new Map(strangers.map(({ nodeId }) => [nodeId ?? '', { problem: 'error' as const }])),
    [strangers],
  );
  const submit = async () => {
    const answer = await divide({ input: { workflowId: workflow.id, expectedRevision: workflow.draftRevision } });
    const result = answer.data?.splitWorkflow;
    const failed = problemOf(result, answer.error);
    setProblem(failed);
    if (failed || result?.__typename !== 'WorkflowSplit') return;
    const other = result.made[0];
    if (other) navigate(`/workflows/${other.id}`);
    else onDivided();
  };
  const parts = split.parts.map(({ family, graph: part, findings }) => ({
    family,
    graph: readGraph(part),
    lacks: readFragment(FindingFragment, findings).filter(
      ({ code, severity }) => code === 'CONNECTION_CUT' || severity === 'error',
    ),
  }));
  const nameOf = (nodeId: string) => labels.get(nodeId) ?? nodeId;
  return (
    <main id="main" className="editor is-fixed" tabIndex={-1}>
      <title>{`${workflow.name} · HartOMat`}</title>
      <header className="editor-bar">
        <div className="editor-title">
          <div className="title-row">
            <h1 className="truncate">{workflow.name}</h1>
            <Badge tone="calm">
              <FamilyName family={workflow.family} />
            </Badge>
            <Badge tone="bad">Mixes families: read only</Badge>
          </div>
        </div>
        <div className="page-actions">
          <Button onClick={() => setAboutOpen(true)}>About</Button>
          <Button look="primary" needs="author" isBusy={fetching} onClick={submit}>
            Divide by family
          </Button>
        </div>
      </header>
      {isAboutOpen && <AboutDialog workflow={workflow} onClose={() => setAboutOpen(false)} />}
      <div className="editor-body">
        {problem && <ProblemCallout problem={problem} title="The workflow was not divided" />}
        <Callout tone="warn" title="This draft has nodes of two families, so it can be neither edited nor published">
          <ul className="mixed-reasons">
            {strangers.map(({ nodeId, message, code }) => (
              <li key={nodeId}>
                {message} <code className="muted">{code}</code>
              </li>
            ))}
          </ul>
          <p>Dividing it makes:</p>
          <ul className="mixed-reasons">
            {parts.map(({ family, graph: part, lacks }) => (
              <li key={family}>
                <strong>
                  <FamilyName family={family} />
                </strong>
                {family === workflow.family ? ', this workflow: ' : ', a new workflow: '}
                {part.nodes.map(({ id }) => nameOf(id)).join(', ')}
                {lacks.length > 0 && (
                  <ul className="mixed-reasons">
                    {lacks.map(({ code, path, message }) => (
                      <li key={`${code} ${path} ${message}`}>
                        {message} <code className="muted">{code}</code>
                      </li>
                    ))}
                  </ul>
                )}
              </li>
            ))}
          </ul>
          {!parts.some(({ family }) => family === workflow.family) && (
            <p>
              Nothing of it is <FamilyName family={workflow.family} /> alone, so this workflow is left empty.
            </p>
          )}
          {parts.some(({ lacks }) => lacks.length > 0) && (
            <p>What a part lacks is listed in its editor, with a way to mend it where there is one.</p>
          )}
        </Callout>
        <GraphCanvas graph={graph} definitions={definitions} overlays={overlays} label="Graph of the workflow" />
      </div>
    </main>
  );
}
