import type { Capability, Family, ModuleExecution, ProductionModule } from '../modules/define.js';
import type { EntrySlot } from '../modules/entry.js';
import type { GraphNode, NodeParams } from './graph.js';
import type { DefinitionLookup } from './nodeDefinition.js';

/** Where an input port's value comes from: an output port of an earlier node, or a slot of the run's entry. */
export type Binding = { from: 'node'; idx: number; port: string } | { from: 'entry'; slot: EntrySlot };

/** What a part is of the node it belongs to. */
export interface PartOf {
  /** Id of the node, which gathers the parts. */
  nodeId: string;
  label: string;
  /** Its share of the work, in units ("frames"). */
  size: number;
  unit: string;
}

/** One node, ready to run: everything the engine needs, nothing of the editor. */
export interface PlannedNode {
  /** Position in the plan; predecessors have smaller ones. */
  idx: number;
  id: string;
  step: string;
  moduleKey: string;
  moduleVersion: number;
  /** `etag` of the module it was planned with; plans of older installations have none. */
  contractEtag?: string;
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
  /** Set on the parts of a node that is shared out; `id` is `<node>/<number>` then, which no node of a graph can be called. */
  part?: PartOf;
  /** Made anew, whatever is kept of earlier results (freshFrom.ts). */
  isFresh?: true;
}

export interface Plan {
  family: Family;
  nodes: PlannedNode[];
  /** Of a shadow run: nothing is delivered, nobody is told, and everything else goes first. */
  isShadow?: true;
}

/** The module a planned node runs: a part runs the one that its node's module shares its work out to.
 * @returns undefined where this installation does not know it. */
export function moduleOf(node: PlannedNode, lookup: DefinitionLookup): ProductionModule | undefined {
  const module = lookup(node.step)?.module;
  return node.part ? module?.fanOut?.module : module;
}
