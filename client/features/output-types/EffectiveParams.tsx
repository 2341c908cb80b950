import { useState } from 'react';
import { Badge, type Tone } from '../../components/Badge.js';
import { Table } from '../../components/Table.js';
import type { EffectiveParamFieldsFragment, ParamOrigin } from '../../gql/graphql.js';

const ORIGIN: Record<ParamOrigin, { label: string; tone: Tone }> = {
  module_default: { label: 'Module', tone: 'calm' },
  node: { label: 'Node', tone: 'busy' },
  output_type: { label: 'Output type', tone: 'ok' },
  order_line: { label: 'Order line', tone: 'reused' },
};

/** Any JSON in a few words. */
function say(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'object') return String(value);
  const parts = Object.entries(value).map(([name, each]) =>
    Array.isArray(value) ? say(each) : `${name}: ${say(each)}`,
  );
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** What an order would run with: every setting, who set it, and what it would be otherwise. */
export function EffectiveParams({ params }: { params: readonly EffectiveParamFieldsFragment[] }) {
  const [showsAll, setShowsAll] = useState(false);
  const shown = showsAll ? params : params.filter(({ origin }) => origin !== 'module_default');
  const hidden = params.length - shown.length;
  return (
    <>
      {shown.length === 0 ? (
        <p className="muted">Every module runs with its own defaults.</p>
      ) : (
        <Table columns={['Setting', 'Value', 'Set by']} className="effective-params">
          {shown.map(({ nodeId, nodeLabel, name, title, value, origin, without }) => (
            <tr key={`${nodeId} ${name}`}>
              <td>
                {title}
                <p className="cell-note">{nodeLabel}</p>
              </td>
              <td>
                {say(value)}
                {origin !== 'module_default' && <p className="cell-note">else {say(without)}</p>}
              </td>
              <td>
                <Badge tone={ORIGIN[origin].tone}>{ORIGIN[origin].label}</Badge>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {(hidden > 0 || showsAll) && (
        <button type="button" className="row-button link-button" onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? 'Only what was set' : `Show ${hidden} module defaults`}
        </button>
      )}
    </>
  );
}
