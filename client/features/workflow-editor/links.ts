import type { LooseEnd } from '../../shared/graph/GraphCanvas.js';
import type { GraphEdge, WorkflowGraph } from '../../shared/graph/graphModel.js';
import { nodesFrom, wouldLoop } from './graphEdits.js';

interface PortOfStep {
  step: string;
  port: string;
}

/** What may be connected, as the server says it (`legalLinks`). */
export class Links {
  private readonly legal: ReadonlySet<string>;

  constructor(private readonly list: readonly { from: PortOfStep; to: PortOfStep }[]) {
    this.legal = new Set(list.map(({ from, to }) => keyOf(from, to)));
  }

  /** Whether an edge may be drawn: its ports go together, and it closes no circle. */
  mayConnect(graph: WorkflowGraph, { from, to }: GraphEdge): boolean {
    const stepOf = (id: string) => graph.nodes.find((node) => node.id === id)?.step;
    const [source, target] = [stepOf(from.node), stepOf(to.node)];
    if (!source || !target) return false;
    const isLegal = this.legal.has(keyOf({ step: source, port: from.port }, { step: target, port: to.port }));
    return isLegal && !wouldLoop(graph, from.node, to.node);
  }

  /** The outputs in the graph that an input may be connected to. */
  sourcesOf(graph: WorkflowGraph, to: GraphEdge['to']): GraphEdge['from'][] {
    const step = graph.nodes.find(({ id }) => id === to.node)?.step;
    const links = this.list.filter((link) => link.to.step === step && link.to.port === to.port);
    if (links.length === 0) return [];
    const dependants = nodesFrom(graph, to.node);
    return graph.nodes
      .filter(({ id }) => !dependants.has(id))
      .flatMap((node) =>
        links.filter(({ from }) => from.step === node.step).map(({ from }) => ({ node: node.id, port: from.port })),
      );
  }

  /** The kinds of node that a loose end fits, each with the first port that takes it. */
  fitting(graph: WorkflowGraph, end: LooseEnd): Map<string, string> {
    const step = graph.nodes.find(({ id }) => id === end.nodeId)?.step;
    const fitting = new Map<string, string>();
    for (const link of this.list) {
      const [own, other] = end.side === 'from' ? [link.from, link.to] : [link.to, link.from];
      if (own.step === step && own.port === end.port && !fitting.has(other.step)) fitting.set(other.step, other.port);
    }
    return fitting;
  }
}

const keyOf = (from: PortOfStep, to: PortOfStep) => `${from.step}.${from.port}>${to.step}.${to.port}`;
