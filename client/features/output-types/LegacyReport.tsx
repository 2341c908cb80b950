import './outputTypes.css';
import type { ReactNode } from 'react';
import { Badge, type Tone } from '../../components/Badge.js';
import type { LegacyKeyStatus } from '../../gql/graphql.js';

export const KEY_TONE: Record<LegacyKeyStatus, Tone> = { mapped: 'ok', ignored: 'calm', unknown: 'warn' };

interface KeyReport {
  key: string;
  status: LegacyKeyStatus;
  target?: string | null;
  note: string;
}

/** What became of each old setting. */
export function LegacyReport({
  report,
  beside,
}: {
  report: readonly KeyReport[];
  /** What stands beside the key; left out: nothing. */
  beside?: (key: string) => ReactNode;
}) {
  return (
    <dl className="facts">
      {report.map(({ key, status, target, note }) => (
        <div key={key} className="legacy-key">
          <dt className="mono">{key}</dt>
          <dd>
            {beside?.(key)} <Badge tone={KEY_TONE[status]}>{status}</Badge> {target ? <code>{target}</code> : note}
          </dd>
        </div>
      ))}
    </dl>
  );
}
