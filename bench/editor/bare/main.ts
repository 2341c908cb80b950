import {
  Background,
  Controls,
  type Edge,
  MiniMap,
  type Node,
  ReactFlow,
  useEdgesState,
  useNodesState,
} from '@xyflow/react';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import type { WorkflowGraph } from '../../../workflow/graph.js';

// The least that React Flow can do: its own nodes with a label, one port at each side, nothing around it.
const graph = (await (await fetch('/graph.json')).json()) as WorkflowGraph;
const FIT = { padding: 0.12, maxZoom: 1.1 };

function Bare() {
  const [nodes, , onNodesChange] = useNodesState<Node>(
    graph.nodes.map(({ id, ui }) => ({ id, position: { x: ui!.x, y: ui!.y }, data: { label: id } })),
  );
  const [edges] = useEdgesState<Edge>(
    graph.edges.map(({ from, to }) => ({
      id: `${from.node}.${from.port}>${to.node}.${to.port}`,
      source: from.node,
      target: to.node,
    })),
  );
  return createElement(
    ReactFlow,
    {
      nodes,
      edges,
      onNodesChange,
      fitView: true,
      fitViewOptions: FIT,
      minZoom: 0.15,
      maxZoom: 2,
      onlyRenderVisibleElements: true,
    },
    createElement(Background),
    createElement(Controls),
    createElement(MiniMap),
  );
}

createRoot(document.getElementById('root')!).render(createElement(Bare));
