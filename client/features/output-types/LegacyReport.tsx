import { ACTIONS, Table } from '../../components/Table.js';
import './outputTypes.css';
import type { ReactNode } from 'react';
import { Badge, type Tone } from '../../components/Badge.js';
import type { LegacyKeyStatus } from '../../gql/graphql.js';

export const KEY_LOOK: Record<LegacyKeyStatus, { label: string; tone: Tone }> = {
  mapped: { label: 'taken over', tone: 'ok' },
  ignored: { label: 'not needed', tone: 'calm' },
  unknown: { label: 'unknown', tone: 'warn' },
};

interface KeyReport {
  key: string;
  status: LegacyKeyStatus;
  target?: string | null;
  note: string;
}

/** What became of each old setting. */
export function LegacyReport({
  report,
  showsValue,
  showsAction,
}: {
  report: readonly KeyReport[];
  /** The value of a setting; left out: values are not shown. */
  showsValue?: (key: string) => string;
  /** What can be done with a setting. */
  showsAction?: (key: string) => ReactNode;
}) {
  return (
    <Table
      columns={[
        'Old setting',
        showsValue !== undefined && 'Value',
        'What becomes of it',
        showsAction !== undefined && ACTIONS,
      ]}
      className="legacy-report"
    >
      {report.map(({ key, status, target, note }) => (
        <tr key={key}>
          <td className="mono">{key}</td>
          {showsValue && <td className="mono">{showsValue(key)}</td>}
          <td>
            <Badge tone={KEY_LOOK[status].tone}>{KEY_LOOK[status].label}</Badge>{' '}
            {target ? <code>{target}</code> : <span className="muted">{note}</span>}
          </td>
          {showsAction && <td className="cell-end">{showsAction(key)}</td>}
        </tr>
      ))}
    </Table>
  );
}
