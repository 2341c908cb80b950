import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { Button } from '../../components/Button.js';
import { EmptyState } from '../../components/EmptyState.js';
import { formatAgo, formatBytes, formatDateTime } from '../../components/format.js';
import { Icon } from '../../components/Icon.js';
import { newKey } from '../../components/newKey.js';
import { SearchField } from '../../components/SearchField.js';
import { ACTIONS, PICTURE } from '../../components/Table.js';
import type { CadFilesQuery, IntakeWorkflowsQuery } from '../../gql/graphql.js';
import { type Problem, problemFromError } from '../../shared/errors.js';
import { ListCard } from '../../shared/ListCard.js';
import type { Answer } from '../../shared/Listing.js';
import { ProblemCallout } from '../../shared/Problem.js';
import { RunStatusBadge } from '../../shared/status.js';
import { Thumb } from '../../shared/Thumb.js';
import { useDispatch } from '../../shared/useDispatch.js';
import type { Listed } from '../../shared/useListed.js';
import type { ViewedModel } from './ModelDialog.js';

const NO_INTAKE: Problem = {
  code: 'NO_WORKFLOW',
  message: 'There is no workflow that takes CAD files in. Make one under Workflows.',
  issues: [],
};

export type CadFile = CadFilesQuery['cadFiles']['edges'][number]['node'];

function CadRow({
  file,
  isBusy,
  canTakeIn,
  onTakeIn,
  onMakeProduct,
  onView,
}: {
  file: CadFile;
  isBusy: boolean;
  canTakeIn: boolean;
  onTakeIn: () => void;
  onMakeProduct: () => void;
  onView: (model: ViewedModel) => void;
}) {
  const intake = file.lastIntake;
  const picture = intake?.artifacts.find((artifact) => artifact.role === 'preview_thumbnail');
  const model = intake?.artifacts.find((artifact) => artifact.role === 'glb_model');
  const tree = intake?.artifacts.find((artifact) => artifact.role === 'object_tree');
  return (
    <tr>
      <td className="cell-picture">
        <Thumb file={picture ?? file.artifact} />
      </td>
      <td>
        <span className="truncate cell-name" title={file.name}>
          {file.name}
        </span>
      </td>
      <td className="numeric muted">{formatBytes(file.artifact.byteSize)}</td>
      <td className="numeric muted" title={formatDateTime(file.createdAt)}>
        {formatAgo(file.createdAt, Date.now())}
      </td>
      <td>
        {intake ? (
          <Link to={`/runs/${intake.id}`} aria-label={`Last intake of ${file.name}`}>
            <RunStatusBadge status={intake.status} />
          </Link>
        ) : (
          <span className="muted">never taken in</span>
        )}
      </td>
      <td className="cell-actions">
        <div className="page-actions">
          {model && (
            <Button
              look="quiet"
              icon="cube"
              onClick={() => onView({ name: file.name, modelUrl: model.url, treeUrl: tree?.url })}
            >
              View
            </Button>
          )}
          <Button icon="play" needs={['operate', 'order']} isBusy={isBusy} disabled={!canTakeIn} onClick={onTakeIn}>
            Take in
          </Button>
          <Button icon="plus" needs="author" onClick={onMakeProduct}>
            Product
          </Button>
          <a
            className="button button-quiet button-icon"
            href={file.artifact.url}
            download={file.name}
            aria-label={`Download ${file.name}`}
            title={`Download ${file.name}`}
          >
            <Icon name="download" />
          </a>
        </div>
      </td>
    </tr>
  );
}

/** The STEP files that are here, newest first. */
export function CadFilesCard({
  answer,
  intake,
  listed,
  onMakeProduct,
  onView,
}: {
  answer: Answer<CadFilesQuery>;
  /** What may take them in. */
  intake: Answer<IntakeWorkflowsQuery>;
  listed: Listed;
  onMakeProduct: (file: CadFile) => void;
  onView: (model: ViewedModel) => void;
}) {
  const list = answer.data?.cadFiles;
  const files = list?.edges.map(({ node }) => node) ?? [];
  const { dispatch } = useDispatch();
  const navigate = useNavigate();
  const [busyId, setBusyId] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  const workflows = intake.data?.workflows.edges.map(({ node }) => node);
  const workflow = workflows?.find(({ latestVersion }) => latestVersion) ?? workflows?.[0];

  const takeIn = async (file: CadFile) => {
    if (!workflow) return setProblem(intake.error ? problemFromError(intake.error) : NO_INTAKE);
    setBusyId(file.id);
    const outcome = await dispatch({
      cadFileId: file.id,
      workflowId: workflow.id,
      useDraft: !workflow.latestVersion,
      idempotencyKey: newKey(),
    });
    setBusyId(null);
    setProblem(outcome.problem);
    if (outcome.id) navigate(`/runs/${outcome.id}`);
  };

  return (
    <ListCard
      title="CAD files"
      list={list}
      tools={
        <SearchField
          label="Search the CAD files"
          placeholder="Name of the file"
          value={listed.text}
          onSearch={listed.search}
        />
      }
      before={problem && <ProblemCallout problem={problem} title="The intake could not be started" />}
      after={listed.after}
      words={['Newest', 'Older']}
      onPage={listed.turn}
      what="the CAD files"
      answer={answer}
      empty={
        listed.text ? (
          <EmptyState icon="search" title={`No CAD file is called “${listed.text}”`} />
        ) : (
          <EmptyState icon="box" title="No CAD files yet">
            Drop a STEP file above. Once it is here, take it in to see its parts and geometry, and make a product of it.
          </EmptyState>
        )
      }
      columns={[PICTURE, 'Name', 'Size', 'Uploaded', 'Last intake', ACTIONS]}
    >
      {files.map((file) => (
        <CadRow
          key={file.id}
          file={file}
          isBusy={busyId === file.id}
          canTakeIn={workflows !== undefined || intake.error !== undefined}
          onTakeIn={() => takeIn(file)}
          onMakeProduct={() => onMakeProduct(file)}
          onView={onView}
        />
      ))}
    </ListCard>
  );
}
