import type { Family, PortContract } from '../../modules/define.js';
import { hasEntrySlot } from '../families.js';
import type { Fix } from '../finding.js';
import { addEdge, addNodeFor, removeNode } from '../fix.js';
import type { GraphIndex } from '../graphIndex.js';
import { canLink } from '../links.js';
import { definitionsOfFamily, type NodeDefinition } from '../nodeDefinition.js';
import { levelsOf } from '../topology.js';

/** How an input that nothing feeds gets something: from the one output of the graph that fits, else from a node that is added. Where no
 * node of the family could feed it, its own node has no place there. Where several outputs fit, somebody has to choose.
 * @param palette - definitions of which nodes may be added; none: nothing is added, and nothing removed. */
export function bindInput(
  index: GraphIndex,
  position: number,
  port: string,
  palette: readonly NodeDefinition[] = [],
): { fix?: Fix; hint: string } {
  const node = index.graph.nodes[position]!;
  if (index.nodeIndex.get(node.id) !== position) return { hint: '' };
  const input = index.definitions[position]!.module.inputContract[port]!;
  const [only, ...others] = outputsFor(index, position, input);
  if (others.length > 0) return { hint: ' Several outputs fit: choose one.' };
  if (only && isSurelyAcyclic(index, only.source, position))
    return { fix: connect(index, only, node.id, port), hint: '' };
  if (palette.length === 0) return { hint: '' };
  const maker = makerOf(input, makersOf(palette, index.graph.family));
  return maker
    ? { fix: addNodeFor(index, position, port, maker), hint: '' }
    : { fix: removeNode(index, position), hint: ' No node of this kind of workflow makes it.' };
}

/** The fix that connects the input to the one output of the graph that fits; undefined where none or several do, or where it might close a cycle. */
export function connectWherePlain(index: GraphIndex, position: number, port: string): Fix | undefined {
  return bindInput(index, position, port).fix;
}

interface Output {
  /** Position of its node. */
  source: number;
  port: string;
}

const connect = (index: GraphIndex, { source, port: output }: Output, node: string, port: string) =>
  addEdge(index, source, { from: { node: index.graph.nodes[source]!.id, port: output }, to: { node, port } });

interface OutputKind {
  /** Node positions, at most three: more than one beside the node itself is already ambiguous. */
  nodes: number[];
  port: string;
  contract: PortContract;
}
interface Outputs {
  kinds: OutputKind[];
  levels: (number | undefined)[];
}
const outputsIn = new WeakMap<GraphIndex, Outputs>();

/** The outputs of a graph by kind, so that a search looks at each kind once and not at each node. */
function outputs(index: GraphIndex): Outputs {
  const known = outputsIn.get(index);
  if (known) return known;
  const kinds = new Map<string, OutputKind>();
  for (const [position, definition] of index.definitions.entries()) {
    if (!definition || index.nodeIndex.get(index.graph.nodes[position]!.id) !== position) continue;
    for (const [port, contract] of Object.entries(definition.module.outputContract)) {
      const key = `${definition.step} ${port}`;
      const kind = kinds.get(key);
      if (!kind) kinds.set(key, { nodes: [position], port, contract });
      else if (kind.nodes.length < 3) kind.nodes.push(position);
    }
  }
  const next = index.outgoing.map((edges) => edges.flatMap((edge) => index.ends[edge]!.to ?? []));
  const made = { kinds: [...kinds.values()], levels: levelsOf({ size: index.graph.nodes.length, next }) };
  outputsIn.set(index, made);
  return made;
}

/** The outputs of other nodes that fit; of many, some. */
function outputsFor(index: GraphIndex, position: number, input: PortContract): Output[] {
  return outputs(index)
    .kinds.filter((kind) => canLink(kind.contract, input).ok)
    .flatMap(({ nodes, port }) => nodes.filter((source) => source !== position).map((source) => ({ source, port })));
}

function isSurelyAcyclic(index: GraphIndex, source: number, target: number): boolean {
  const { levels } = outputs(index);
  return (
    index.outgoing[target]!.length === 0 ||
    index.incoming[source]!.length === 0 ||
    (levels[source] ?? Infinity) < (levels[target] ?? -1)
  );
}

const makers = new WeakMap<readonly NodeDefinition[], Map<Family, NodeDefinition[]>>();

/** The definitions of a family whose nodes get all they need from the entry of a run or from each other, those with the fewest nodes before
 * them first. */
function makersOf(palette: readonly NodeDefinition[], family: Family): readonly NodeDefinition[] {
  const known = makers.get(palette) ?? new Map<Family, NodeDefinition[]>();
  makers.set(palette, known);
  const found = known.get(family);
  if (found) return found;
  const made: NodeDefinition[] = [];
  const isFed = (input: PortContract) =>
    !input.required || hasEntrySlot(family, input.entry) || makerOf(input, made) !== undefined;
  for (let open = definitionsOfFamily(palette, family), before = -1; before < made.length; ) {
    before = made.length;
    const ready = open.filter(({ module }) => Object.values(module.inputContract).every(isFed));
    made.push(...ready);
    open = open.filter((definition) => !ready.includes(definition));
  }
  known.set(family, made);
  return made;
}

function makerOf(
  input: PortContract,
  of: readonly NodeDefinition[],
): { definition: NodeDefinition; port: string } | undefined {
  for (const definition of of)
    for (const [port, output] of Object.entries(definition.module.outputContract))
      if (output.required && canLink(output, input).ok) return { definition, port };
  return undefined;
}
