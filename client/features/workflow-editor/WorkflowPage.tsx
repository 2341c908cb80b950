import './editor.css';
import { useCallback } from 'react';
import { useParams } from 'react-router';
import { useQuery } from 'urql';
import { graphql } from '../../gql/index.js';
import { AbsentPage } from '../../shared/AbsentPage.js';
import { Editor } from './Editor.js';
import { MixedWorkflow } from './MixedWorkflow.js';

const WorkflowQuery = graphql(`
  query Workflow($id: ID!) {
    workflow(id: $id) {
      id
      name
      description
      family
      isArchived
      draft
      draftRevision
      hasUnpublishedChanges
      latestVersion {
        id
        number
      }
      findings {
        ...EditorFinding
      }
      draftUpgrade {
        ...GraphDiffParts
      }
      familySplit {
        parts {
          family
          graph
          findings {
            ...EditorFinding
          }
        }
      }
    }
    families {
      family
      nodePolicySchema
      paletteGroups {
        key
        label
        description
      }
    }
    nodeDefinitions {
      ...GraphDefinition
      step
      moduleKey
      version
      label
      description
      capability
      paramSchema
      uiSchema
      defaults
      execution {
        timeoutMs
        retryAttempts
        retryBackoffMs
        determinism
      }
    }
  }
`);

/** One workflow: its graph, and the settings of the chosen node. */
export function Component() {
  const { workflowId = '' } = useParams();
  const [{ data, error, fetching }, refetch] = useQuery({
    query: WorkflowQuery,
    variables: { id: workflowId },
    requestPolicy: 'cache-and-network',
  });
  const reload = useCallback(() => refetch({ requestPolicy: 'network-only' }), [refetch]);
  if (data?.workflow?.familySplit)
    return (
      <MixedWorkflow
        key={workflowId}
        workflow={data.workflow}
        split={data.workflow.familySplit}
        definitions={data.nodeDefinitions}
        onDivided={reload}
      />
    );
  if (data?.workflow)
    return (
      <Editor
        key={workflowId}
        workflow={data.workflow}
        definitionList={data.nodeDefinitions}
        family={data.families.find(({ family }) => family === data.workflow!.family)!}
        onReload={reload}
      />
    );
  return (
    <AbsentPage
      what="workflow"
      error={error}
      isLoading={!data && fetching}
      home={{ to: '/workflows', label: 'Go to the workflows' }}
    />
  );
}
