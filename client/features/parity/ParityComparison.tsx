import { useState } from 'react';
import { Badge } from '../../components/Badge.js';
import { formatDuration } from '../../components/format.js';
import { type Column, Table } from '../../components/Table.js';
import type { ParityComparisonPartsFragment } from '../../gql/graphql.js';
import { type FragmentType, graphql, readFragment } from '../../gql/index.js';

const Fragment = graphql(`
  fragment ParityComparisonParts on ParityComparison {
    label
    verdict
    isIdentical
    reasons
    figures {
      key
      label
      unit
      legacy
      graph
      difference
      limit
      isLeast
      verdict
    }
    samples {
      label
      legacy {
        id
        url
      }
      graph {
        id
        url
      }
      difference {
        id
        url
      }
    }
  }
`);

type Comparison = ParityComparisonPartsFragment;
type Figure = Comparison['figures'][number];
type Sample = Comparison['samples'][number];

const COLUMNS: Column[] = [
  'Measured',
  { label: 'Legacy', isEnd: true },
  { label: 'Workflow', isEnd: true },
  { label: 'Difference', isEnd: true },
  { label: 'Limit', isEnd: true },
  'Verdict',
];
const VERDICT = {
  passed: { label: 'Passed', tone: 'ok' },
  differs: { label: 'Differs', tone: 'bad' },
  warning: { label: 'Note', tone: 'warn' },
  incomparable: { label: 'Not comparable', tone: 'warn' },
} as const;

/** Two files of one role beside each other: pictures first, then what was measured against its limit. */
export function ParityComparison({ comparison: data }: { comparison: FragmentType<typeof Fragment> }) {
  const { label, verdict, isIdentical, reasons, figures, samples } = readFragment(Fragment, data);
  return (
    <article className="card parity-comparison">
      <header className="card-header">
        <h2>{label}</h2>
        <Badge tone={VERDICT[verdict].tone}>{isIdentical ? 'Identical' : VERDICT[verdict].label}</Badge>
      </header>
      {reasons.length > 0 && (
        <ul className="parity-reasons">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      {samples.map((sample) => (
        <Pair key={sample.label} sample={sample} />
      ))}
      {figures.length > 0 && (
        <Table columns={COLUMNS}>
          {figures.map((figure) => (
            <tr key={figure.key}>
              <td>{figure.label}</td>
              <td className="numeric cell-end">{inUnit(figure.legacy, figure)}</td>
              <td className="numeric cell-end">{inUnit(figure.graph, figure)}</td>
              <td className="numeric cell-end">{inUnit(figure.difference, figure)}</td>
              <td className="numeric cell-end muted">
                {figure.limit == null
                  ? figure.difference == null
                    ? 'equal'
                    : ''
                  : `${figure.isLeast ? 'at least' : 'at most'} ${inUnit(figure.limit, figure)}`}
              </td>
              <td>
                <Badge tone={VERDICT[figure.verdict].tone}>{VERDICT[figure.verdict].label}</Badge>
              </td>
            </tr>
          ))}
        </Table>
      )}
    </article>
  );
}

/** Both pictures with a curtain between them, and the different pixels marked on top. */
function Pair({ sample: { label, legacy, graph, difference } }: { sample: Sample }) {
  const [curtain, setCurtain] = useState(50);
  const [isMarked, setMarked] = useState(true);
  if (!legacy || !graph) return <p className="muted">{label}: the files are not kept any more.</p>;
  return (
    <figure className="parity-pair">
      <div className="parity-stage checkerboard">
        <img src={graph.url} alt={`${label}, by the workflow`} />
        <img src={legacy.url} alt={`${label}, by legacy`} style={{ clipPath: `inset(0 ${100 - curtain}% 0 0)` }} />
        {difference && isMarked && <img src={difference.url} alt="Pixels that differ" />}
        <span className="parity-line" style={{ left: `${curtain}%` }} aria-hidden="true" />
      </div>
      <figcaption>
        <span>Legacy</span>
        <input
          type="range"
          min={0}
          max={100}
          value={curtain}
          aria-label={`How much of ${label} is shown as legacy made it, in percent`}
          onChange={(event) => setCurtain(Number(event.target.value))}
        />
        <span>Workflow</span>
        {difference && (
          <label>
            <input type="checkbox" checked={isMarked} onChange={() => setMarked(!isMarked)} /> Mark differences
          </label>
        )}
      </figcaption>
    </figure>
  );
}

function inUnit(value: unknown, { unit }: Figure): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'number') return String(value);
  if (unit === 'ms') return formatDuration(value);
  if (unit === 'share') return `${(value * 100).toLocaleString('en', { maximumFractionDigits: 3 })} %`;
  const text = value.toLocaleString('en', { maximumSignificantDigits: 5 });
  return unit ? `${text} ${unit}` : text;
}
