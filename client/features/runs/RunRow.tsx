import { Link } from 'react-router';
import { formatAgo, formatDateTime, formatDuration } from '../../components/format.js';
import { Progress } from '../../components/Progress.js';
import type { RunRowFragment } from '../../gql/graphql.js';
import { graphql } from '../../gql/index.js';
import { FamilyName } from '../../shared/families.js';
import { listPicture } from '../../shared/run/pictures.js';
import { isTerminal, RunModeBadge, RunStatusBadge } from '../../shared/status.js';
import { Thumb } from '../../shared/Thumb.js';

export const RunRow = graphql(`
  fragment RunRow on Run {
    id
    title
    family
    status
    mode
    progress
    createdAt
    startedAt
    finishedAt
    failure {
      code
      message
    }
    workflow {
      id
      name
    }
    workflowVersion {
      id
      number
    }
    artifacts {
      id
      role
      mediaType
      thumbnailUrl
    }
  }
`);

/** A run in the list. */
export function RunRowView({ run, now }: { run: RunRowFragment; now: number }) {
  const end = run.finishedAt ? Date.parse(run.finishedAt) : now;
  return (
    <tr>
      <td className="cell-picture">
        <Thumb file={listPicture(run.artifacts)} />
      </td>
      <td className="cell-title">
        <Link className="row-link truncate" to={`/runs/${run.id}`}>
          {run.title}
        </Link>
        {run.failure && (
          <p className="row-note truncate" title={run.failure.message}>
            {run.failure.message}
          </p>
        )}
      </td>
      <td>
        <RunStatusBadge status={run.status} />
      </td>
      <td className="cell-progress">
        {isTerminal(run.status) ? null : <Progress value={run.progress} label={`Progress of ${run.title}`} />}
      </td>
      <td className="muted cell-line">
        <FamilyName family={run.family} />
      </td>
      <td className="muted">
        {run.workflow?.name}
        {run.workflow && (run.workflowVersion ? ` · v${run.workflowVersion.number} ` : ' · draft ')}
        <RunModeBadge mode={run.mode} />
      </td>
      <td className="muted numeric" title={formatDateTime(run.createdAt)}>
        {formatAgo(run.createdAt, now)}
      </td>
      <td className="numeric cell-end">
        {run.startedAt ? formatDuration(end - Date.parse(run.startedAt)) : <span className="muted">not started</span>}
      </td>
    </tr>
  );
}
