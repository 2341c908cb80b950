import { useMemo } from 'react';
import { useQuery } from 'urql';
import { type FragmentType, graphql, readFragment } from '../../gql/index.js';
import { definitionsByStep } from '../../shared/graph/definitions.js';
import { GraphCanvas } from '../../shared/graph/GraphCanvas.js';
import { nodeLabel, readGraph } from '../../shared/graph/graphModel.js';
import { comparison } from './comparison.js';
import { fieldWords } from './diffWords.js';

export const GraphDiffFragment = graphql(`
  fragment GraphDiffParts on GraphDiff {
    before
    after
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

const Named = graphql(`
  query NamesOfNodes {
    nodeDefinitions {
      ...GraphDefinition
      step
      paramSchema
    }
    families {
      family
      nodePolicySchema
    }
  }
`);

/** What differs between two graphs: drawn as one graph, and in words: nodes with their values, then connections. */
export function GraphDiff({
  diff: data,
  isDrawn = true,
}: {
  diff: FragmentType<typeof GraphDiffFragment>;
  /** False: in words alone. */
  isDrawn?: boolean;
}) {
  const diff = readFragment(GraphDiffFragment, data);
  // The page of the workflow has them already.
  const [{ data: known }] = useQuery({ query: Named });
  const definitions = useMemo(() => definitionsByStep(known?.nodeDefinitions), [known]);
  const both = useMemo(() => comparison(readGraph(diff.before), readGraph(diff.after), diff), [diff]);
  const labels = useMemo(
    () => new Map(both.graph.nodes.map((node) => [node.id, nodeLabel(node, definitions.get(node.step))])),
    [both, definitions],
  );
  if (diff.isSame) return <p className="muted">Nothing differs.</p>;
  const nodes = diff.nodes.filter(({ isLayoutOnly }) => !isLayoutOnly);
  const moved = diff.nodes.length - nodes.length;
  const nameOf = (nodeId: string) => labels.get(nodeId) ?? nodeId;
  const policy = known?.families.find(({ family }) => family === both.graph.family)?.nodePolicySchema;
  const schemasOf = (step: string) => ({
    params: known?.nodeDefinitions.find((each) => each.step === step)?.paramSchema,
    policy,
  });
  const words = (
    <ul className="graph-diff">
      {nodes.map((node) => (
        <li key={node.nodeId} className={`tone-${TONE[node.change]}`}>
          <p>
            <span className="diff-mark" aria-hidden="true">
              {MARK[node.change]}
            </span>
            <strong>{nameOf(node.nodeId)}</strong> <code className="muted">{node.nodeId}</code> {WORD[node.change]}
          </p>
          {node.change === 'changed' && (
            <dl>
              {node.fields.map(({ path, before, after }) => {
                const { name, textOf } = fieldWords(path, schemasOf(node.step));
                return (
                  <div key={path}>
                    <dt>{name}</dt>
                    <dd>
                      <del>{textOf(before)}</del> → <ins>{textOf(after)}</ins>
                    </dd>
                  </div>
                );
              })}
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
            {nameOf(edge.fromNode)} <code>{edge.fromPort}</code> → {nameOf(edge.toNode)} <code>{edge.toPort}</code>{' '}
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
  if (!isDrawn || !known) return words;
  return (
    <>
      <div className="diff-drawing">
        <GraphCanvas {...both} definitions={definitions} label="What differs" />
      </div>
      {words}
    </>
  );
}
