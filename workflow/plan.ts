import type { Capability, Family, ModuleExecution } from '../modules/define.js';
import type { EntrySlot } from '../modules/entry.js';
import type { GraphNode, NodeParams } from './graph.js';

/** Where an input port's value comes from: an output port of an earlier node, or a slot of the run's entry. */
export type Binding = { from: 'node'; idx: number; port: string } | { from: 'entry'; slot: EntrySlot };

/** One node, ready to run: everything the engine needs, nothing of the editor. */
export interface PlannedNode {
  /** Position in the plan; predecessors have smaller ones. */
  idx: number;
  id: string;
  step: string;
  moduleKey: string;
  moduleVersion: number;
  capability: Capability;
  determinism: ModuleExecution['determinism'];
  /** Effective params, complete: defaults filled in, all layers applied. */
  params: NodeParams;
  /** By input port; several only on a `many` port, in edge order. */
  bindings: Record<string, Binding[]>;
  /** Distinct, ascending. */
  predecessors: number[];
  successors: number[];
  onFailure: GraphNode['onFailure'];
  retry: { attempts: number; backoffMs: number };
  timeoutMs: number;
  /** Longest path from an entry node, in edges. */
  level: number;
}

export interface Plan {
  family: Family;
  nodes: PlannedNode[];
}
