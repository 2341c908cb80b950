import { Badge, type Tone } from '../../components/Badge.js';
import { Table } from '../../components/Table.js';
import type { ImportLegacyOutputTypesMutation, LegacyImportStatus } from '../../gql/graphql.js';
import { KEY_LOOK, LegacyReport } from './LegacyReport.js';

export type ImportReport = Extract<
  ImportLegacyOutputTypesMutation['importLegacyOutputTypes'],
  { __typename: 'LegacyImport' }
>;
type Row = ImportReport['rows'][number];

const STATUS: Record<LegacyImportStatus, { label: string; planned: string; tone: Tone }> = {
  created: { label: 'Imported', planned: 'New', tone: 'ok' },
  unchanged: { label: 'Imported before', planned: 'Imported before', tone: 'calm' },
  failed: { label: 'Left out', planned: 'Does not fit', tone: 'bad' },
};

/** Row by row: what became of it, and of each of its settings. */
export function ImportRows({ report }: { report: ImportReport }) {
  return (
    <div className="card">
      <Table columns={[{ label: 'Row', isEnd: true }, 'Name', 'Old id', 'Result', 'Settings']}>
        {report.rows.map((row) => (
          <tr key={row.number}>
            <td className="numeric cell-end">{row.number}</td>
            <td>{row.name || <span className="muted">no name</span>}</td>
            <td className="muted mono">{row.legacyId}</td>
            <td>
              <Badge tone={STATUS[row.status].tone}>
                {report.isDryRun ? STATUS[row.status].planned : STATUS[row.status].label}
              </Badge>
              <Issues issues={row.issues} />
            </td>
            <td>
              <Settings report={row.report} />
            </td>
          </tr>
        ))}
      </Table>
    </div>
  );
}

function Issues({ issues }: { issues: Row['issues'] }) {
  if (issues.length === 0) return null;
  return (
    <ul className="issue-list">
      {issues.map(({ path, message }) => (
        <li key={`${path} ${message}`}>{message}</li>
      ))}
    </ul>
  );
}

/** Counts, with every setting and its sentence behind them. */
function Settings({ report }: { report: Row['report'] }) {
  if (report.length === 0) return <span className="muted">none</span>;
  const counts = (['mapped', 'ignored', 'unknown'] as const)
    .map((status) => ({ status, count: report.filter((one) => one.status === status).length }))
    .filter(({ count }) => count > 0);
  return (
    <details>
      <summary>
        <span className="import-keys">
          {counts.map(({ status, count }) => (
            <Badge key={status} tone={KEY_LOOK[status].tone}>
              {count} {KEY_LOOK[status].label}
            </Badge>
          ))}
        </span>
      </summary>
      <LegacyReport report={report} />
    </details>
  );
}
