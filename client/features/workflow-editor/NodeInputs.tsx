import { useState } from 'react';
import { IconButton } from '../../components/Button.js';
import { Labelled } from '../../components/Labelled.js';
import type { GraphDefinitionFragment } from '../../gql/graphql.js';
import type { GraphEdge, GraphNode } from '../../shared/graph/graphModel.js';
import { isSameEdge } from './graphEdits.js';

type Port = GraphDefinitionFragment['inputContract'][number];

const keyOf = ({ node, port }: GraphEdge['from']) => `${node}.${port}`;

/** What is said of an input that no edge binds. */
function unbound({ entrySlot, isRequired }: Port): string {
  if (entrySlot) return 'From what the run is about';
  return isRequired ? 'Not connected' : 'Not connected: goes without';
}

/** What the inputs of a node are connected to, to be chosen from what fits. */
export function NodeInputs({
  node,
  ports,
  edges,
  labels,
  isReadOnly,
  sourcesOf,
  onConnect,
  onDisconnect,
}: {
  node: GraphNode;
  ports: readonly Port[];
  edges: readonly GraphEdge[];
  /** Of all nodes, by id. */
  labels: ReadonlyMap<string, string>;
  isReadOnly: boolean;
  /** The outputs that an input may be connected to. */
  sourcesOf: (to: GraphEdge['to']) => GraphEdge['from'][];
  onConnect: (edge: GraphEdge) => void;
  onDisconnect: (edge: GraphEdge) => void;
}) {
  const nameOf = ({ node: id, port }: GraphEdge['from']) => `${labels.get(id) ?? id} · ${port}`;
  const isBound = (port: Port) => edges.some(({ to }) => to.node === node.id && to.port === port.name);
  // Stays as it was found: it must not close under whoever connects the last one.
  const [wasIncomplete] = useState(() => ports.some((port) => port.isRequired && !port.entrySlot && !isBound(port)));
  if (ports.length === 0) return null;
  return (
    <details className="node-inputs" open={wasIncomplete}>
      <summary>
        <h3>Inputs</h3>
        <span className="muted">
          {ports.filter(isBound).length} of {ports.length} connected
        </span>
      </summary>
      {ports.map((port) => {
        const to = { node: node.id, port: port.name };
        const bound = edges.filter((edge) => edge.to.node === to.node && edge.to.port === to.port);
        const fitting = sourcesOf(to).filter((from) => !bound.some((edge) => isSameEdge(edge, { from, to })));
        const single = port.takesMany ? undefined : bound[0];
        const choose = (key: string) => {
          const from = fitting.find((each) => keyOf(each) === key);
          if (from) onConnect({ from, to });
          else if (single && key === '') onDisconnect(single);
        };
        return (
          <div key={port.name} className="node-input" title={port.description}>
            {port.takesMany &&
              bound.map((edge) => (
                <p key={keyOf(edge.from)} className="node-source">
                  <span className="truncate">{nameOf(edge.from)}</span>
                  {!isReadOnly && (
                    <IconButton
                      icon="close"
                      label={`Disconnect ${nameOf(edge.from)} from ${port.name}`}
                      onClick={() => onDisconnect(edge)}
                    />
                  )}
                </p>
              ))}
            <Labelled label={port.name}>
              {(ids) => (
                <select
                  {...ids}
                  className="control"
                  disabled={isReadOnly}
                  value={single ? keyOf(single.from) : ''}
                  onChange={(event) => choose(event.target.value)}
                >
                  <option value="">{port.takesMany && bound.length > 0 ? 'Connect another …' : unbound(port)}</option>
                  {[...(single ? [single.from] : []), ...fitting].map((from) => (
                    <option key={keyOf(from)} value={keyOf(from)}>
                      {nameOf(from)}
                    </option>
                  ))}
                </select>
              )}
            </Labelled>
          </div>
        );
      })}
    </details>
  );
}
