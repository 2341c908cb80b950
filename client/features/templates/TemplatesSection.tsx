import { useState } from 'react';
import { useMutation, useQuery } from 'urql';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { EmptyState } from '../../components/EmptyState.js';
import { ACTIONS } from '../../components/Table.js';
import { graphql } from '../../gql/index.js';
import { type Problem, problemOf } from '../../shared/errors.js';
import { ListCard } from '../../shared/ListCard.js';
import { useArchiving } from '../../shared/useArchiving.js';
import { TemplateDialog, type TemplateTask } from './TemplateDialog.js';
import { type Template, TemplatesQuery } from './templates.js';

const ArchiveTemplate = graphql(`
  mutation ArchiveRenderTemplate($input: ArchiveRenderTemplateInput!) {
    archiveRenderTemplate(input: $input) {
      __typename
      ... on RenderTemplate {
        id
        version
        isArchived
      }
      ...ProblemParts
    }
  }
`);

/** The render templates of the library: studios that products are shown in. */
export function TemplatesSection() {
  const [after, setAfter] = useState<string | null>(null);
  const [answer, refetch] = useQuery({
    query: TemplatesQuery,
    variables: { after },
    requestPolicy: 'cache-and-network',
  });
  const [, archive] = useMutation(ArchiveTemplate);
  const [task, setTask] = useState<TemplateTask | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const reload = () => refetch({ requestPolicy: 'network-only' });
  const list = answer.data?.renderTemplates;
  const templates = list?.edges.map(({ node }) => node) ?? [];

  const setArchived = useArchiving(setProblem, reload);
  const toggle = (template: Template) => {
    let { version } = template;
    return setArchived(template.label, !template.isArchived, async (isArchived) => {
      const { data, error } = await archive({ input: { renderTemplateId: template.id, version, isArchived } });
      const result = data?.archiveRenderTemplate;
      if (result?.__typename === 'RenderTemplate') version = result.version;
      return problemOf(result, error);
    });
  };

  const add = (
    <>
      <Button icon="upload" needs="author" onClick={() => setTask({ kind: 'blend' })}>
        Upload .blend
      </Button>
      <Button icon="plus" needs="author" onClick={() => setTask({ kind: 'studio' })}>
        New studio
      </Button>
    </>
  );
  return (
    <>
      <ListCard
        title="Studios"
        list={list}
        tools={templates.length > 0 && <div className="page-actions">{add}</div>}
        problem={problem}
        after={after}
        onPage={setAfter}
        what="the templates"
        answer={answer}
        empty={
          <EmptyState icon="sun" title="No render templates yet" actions={add}>
            Set one up here, or upload one that was built in Blender.
          </EmptyState>
        }
        columns={['Name', 'Kind', 'Engines', 'Version', ACTIONS]}
      >
        {templates.map((template) => (
          <tr key={template.id}>
            <td>
              <strong>{template.label}</strong> {template.isArchived && <Badge tone="calm">archived</Badge>}
              <div className="muted">
                <code>{template.name}</code> {template.description}
              </div>
            </td>
            <td className="muted">{template.kind === 'blend' ? 'Blender file' : 'Settings'}</td>
            <td className="muted">{template.engines.join(', ')}</td>
            <td className="numeric muted">{template.version}</td>
            <td className="cell-actions">
              <div className="page-actions">
                <Button needs="author" aria-label={`Edit ${template.label}`} onClick={() => setTask({ template })}>
                  Edit
                </Button>
                <Button
                  look="quiet"
                  needs="author"
                  aria-label={`${template.isArchived ? 'Offer again' : 'Archive'}: ${template.label}`}
                  onClick={() => toggle(template)}
                >
                  {template.isArchived ? 'Offer again' : 'Archive'}
                </Button>
              </div>
            </td>
          </tr>
        ))}
      </ListCard>
      {task && (
        <TemplateDialog
          task={task}
          onClose={() => setTask(null)}
          onSaved={() => {
            setTask(null);
            reload();
          }}
        />
      )}
    </>
  );
}
