import './editor.css';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import { Button } from '../../components/Button.js';
import { EmptyState, Loading } from '../../components/EmptyState.js';
import { formatAgo } from '../../components/format.js';
import { Icon } from '../../components/Icon.js';
import { Pager } from '../../components/Pager.js';
import { SearchField } from '../../components/SearchField.js';
import { graphql } from '../../gql/index.js';
import { problemFromError } from '../../shared/errors.js';
import { useFamilies } from '../../shared/families.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { useListed } from '../../shared/useListed.js';
import { NewWorkflowDialog } from './NewWorkflowDialog.js';

const WorkflowsQuery = graphql(`
  query Workflows($archived: Boolean!, $text: String, $after: String) {
    workflows(first: 60, archived: $archived, text: $text, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          key
          name
          description
          family
          hasUnpublishedChanges
          updatedAt
          latestVersion {
            id
            number
          }
          findings {
            severity
          }
        }
      }
    }
  }
`);

/** All workflows, by family. */
export function Component() {
  const { text, after, search, turn, change } = useListed();
  const [address] = useSearchParams();
  const archived = address.has('archived');
  const [{ data, error, fetching }] = useQuery({
    query: WorkflowsQuery,
    variables: { archived, after, ...(text && { text }) },
    requestPolicy: 'cache-and-network',
  });
  const families = useFamilies();
  const [isMaking, setMaking] = useState(false);
  const workflows = data?.workflows.edges.map((edge) => edge.node) ?? [];
  const now = Date.now();
  const newWorkflow = (
    <Button look="primary" icon="plus" needs="author" onClick={() => setMaking(true)}>
      New workflow
    </Button>
  );
  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>Workflows · HartOMat</title>
      <header className="page-header">
        <div className="title-row">
          <h1>Workflows</h1>
          {data && <span className="muted numeric">{data.workflows.totalCount}</span>}
        </div>
        <div className="page-actions">
          <label>
            <input
              type="checkbox"
              checked={archived}
              onChange={(event) => change({ archived: event.target.checked ? 'yes' : null })}
            />{' '}
            Show the archive
          </label>
          <SearchField label="Search the workflows" placeholder="Name" value={text} onSearch={search} />
          {(workflows.length > 0 || text || archived) && newWorkflow}
        </div>
      </header>
      {isMaking && <NewWorkflowDialog onClose={() => setMaking(false)} />}
      {error && <ProblemCallout problem={problemFromError(error)} title="The workflows could not be loaded" />}
      {!data && fetching && <Loading label="Loading the workflows" />}
      {data && workflows.length === 0 && (
        <div className="card">
          {text ? (
            <EmptyState icon="search" title={`No workflow is called “${text}”`} />
          ) : archived ? (
            <EmptyState icon="flow" title="The archive is empty">
              A workflow that is not needed any more is archived from its page, by “About”.
            </EmptyState>
          ) : (
            <EmptyState icon="flow" title="There is no workflow yet" actions={newWorkflow}>
              A workflow is the graph of nodes that makes what is sold. A new one begins with a starter or a file.
            </EmptyState>
          )}
        </div>
      )}
      {workflows.length > 0 &&
        families.map(({ family, label, description }) => {
          const ofFamily = workflows.filter((workflow) => workflow.family === family);
          if (ofFamily.length === 0) return null;
          return (
            <section key={family} className="family" aria-labelledby={`family-${family}`}>
              <header>
                <h2 id={`family-${family}`}>{label}</h2>
                <p className="muted">{description}</p>
              </header>
              <ul className="workflow-cards">
                {ofFamily.map((workflow) => {
                  const errors = workflow.findings.filter(({ severity }) => severity === 'error').length;
                  return (
                    <li key={workflow.id} className="card workflow-card">
                      <span className="workflow-icon">
                        <Icon name="flow" size={20} />
                      </span>
                      <div className="workflow-words">
                        <h3>
                          <Link className="row-link" to={`/workflows/${workflow.id}`}>
                            {workflow.name}
                          </Link>
                        </h3>
                        <p className="muted">{workflow.description}</p>
                        <p className="workflow-meta">
                          <span>
                            {workflow.latestVersion ? `Version ${workflow.latestVersion.number}` : 'Never published'}
                          </span>
                          {workflow.hasUnpublishedChanges && <span className="tone-busy toned">Draft has changes</span>}
                          {errors > 0 && (
                            <span className="tone-bad toned">
                              {errors} {errors === 1 ? 'error' : 'errors'}
                            </span>
                          )}
                          <span className="muted">Changed {formatAgo(workflow.updatedAt, now)}</span>
                        </p>
                      </div>
                    </li>
                  );
                })}
              </ul>
            </section>
          );
        })}
      <Pager
        label="Pages of the workflows"
        after={after}
        page={data?.workflows.pageInfo}
        words={['First', 'More']}
        onPage={turn}
      />
    </main>
  );
}
