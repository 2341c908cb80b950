import { useQuery } from 'urql';
import { Dialog } from '../../components/Dialog.js';
import { EmptyState } from '../../components/EmptyState.js';
import { formatAgo, formatDateTime } from '../../components/format.js';
import { useNow } from '../../components/useNow.js';
import { graphql } from '../../gql/index.js';
import { Listing } from '../../shared/Listing.js';
import { RunModeBadge, RunStatusBadge } from '../../shared/status.js';

const RunChoices = graphql(`
  query RunChoices($workflowId: ID!) {
    runs(filter: { workflowId: $workflowId, mode: [graph, shadow] }, first: 20) {
      edges {
        node {
          id
          title
          status
          mode
          createdAt
          workflowVersion {
            id
            number
          }
        }
      }
    }
  }
`);

/** The newest runs of a workflow, one to be shown over its graph. */
export function RunChoiceDialog({
  workflowId,
  shown,
  onChoose,
  onClose,
}: {
  workflowId: string;
  /** Id of the run that is shown already; null: none. */
  shown: string | null;
  onChoose: (runId: string) => void;
  onClose: () => void;
}) {
  const [answer] = useQuery({ query: RunChoices, variables: { workflowId }, requestPolicy: 'cache-and-network' });
  const now = useNow(true);
  const runs = answer.data?.runs.edges.map(({ node }) => node) ?? [];
  return (
    <Dialog title="Show a run over the graph" size="lg" onClose={onClose}>
      <Listing
        what="the runs"
        answer={answer}
        isEmpty={runs.length === 0}
        empty={
          <EmptyState icon="play" title="This workflow has not run yet">
            Run it, and its nodes show here how they stand.
          </EmptyState>
        }
        columns={['Run', 'Status', 'Graph', 'Created']}
        label="Newest runs of this workflow"
      >
        {runs.map((run) => (
          <tr key={run.id}>
            <td className="cell-title">
              <button
                type="button"
                className="row-link row-button truncate"
                aria-pressed={run.id === shown}
                onClick={() => onChoose(run.id)}
              >
                {run.title}
              </button>
            </td>
            <td>
              <RunStatusBadge status={run.status} /> <RunModeBadge mode={run.mode} />
            </td>
            <td className="muted">{run.workflowVersion ? `Version ${run.workflowVersion.number}` : 'Draft'}</td>
            <td className="muted numeric" title={formatDateTime(run.createdAt)}>
              {formatAgo(run.createdAt, now)}
            </td>
          </tr>
        ))}
      </Listing>
    </Dialog>
  );
}
