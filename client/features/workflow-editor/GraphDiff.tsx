import { type FragmentType, graphql, readFragment } from '../../gql/index.js';

export const GraphDiffFragment = graphql(`
  fragment GraphDiffParts on GraphDiff {
    isSame
    isLayoutOnly
    nodes {
      nodeId
      step
      change
      isLayoutOnly
      fields {
        path
        before
        after
      }
    }
    edges {
      change
      fromNode
      fromPort
      toNode
      toPort
    }
  }
`);

const MARK = { added: '+', removed: '−', changed: '~', reordered: '↕' } as const;
const WORD = { added: 'added', removed: 'removed', changed: 'changed', reordered: 'in another order' } as const;
const TONE = { added: 'ok', removed: 'bad', changed: 'busy', reordered: 'busy' } as const;

/** `/params/samples` → `samples`: params are what people change. */
const fieldName = (path: string) => path.replace(/^\/(params\/)?/, '').replaceAll('/', ' ');
const valueText = (value: unknown) =>
  value === null ? 'default' : typeof value === 'string' ? value : JSON.stringify(value);

/** What differs between two graphs, in words: nodes with their values, then connections. */
export function GraphDiff({ diff: data }: { diff: FragmentType<typeof GraphDiffFragment> }) {
  const diff = readFragment(GraphDiffFragment, data);
  if (diff.isSame) return <p className="muted">Nothing differs.</p>;
  const nodes = diff.nodes.filter(({ isLayoutOnly }) => !isLayoutOnly);
  const moved = diff.nodes.length - nodes.length;
  return (
    <ul className="graph-diff">
      {nodes.map((node) => (
        <li key={node.nodeId} className={`tone-${TONE[node.change]}`}>
          <p>
            <span className="diff-mark" aria-hidden="true">
              {MARK[node.change]}
            </span>
            <strong>{node.nodeId}</strong> <span className="muted">{node.step}</span> {WORD[node.change]}
          </p>
          {node.change === 'changed' && (
            <dl>
              {node.fields.map(({ path, before, after }) => (
                <div key={path}>
                  <dt>{fieldName(path)}</dt>
                  <dd>
                    <del>{valueText(before)}</del> → <ins>{valueText(after)}</ins>
                  </dd>
                </div>
              ))}
            </dl>
          )}
        </li>
      ))}
      {diff.edges.map((edge) => (
        <li key={`${edge.change} ${edge.fromNode}.${edge.fromPort} ${edge.toNode}.${edge.toPort}`}>
          <p className={`tone-${TONE[edge.change]}`}>
            <span className="diff-mark" aria-hidden="true">
              {MARK[edge.change]}
            </span>
            Connection{' '}
            <code>
              {edge.fromNode}.{edge.fromPort} → {edge.toNode}.{edge.toPort}
            </code>{' '}
            {WORD[edge.change]}
          </p>
        </li>
      ))}
      {moved > 0 && (
        <li className="muted">
          {moved === 1 ? 'One node' : `${moved} nodes`} moved or renamed in the editor; runs are the same.
        </li>
      )}
    </ul>
  );
}
