/** A directed graph over positions 0..size-1. Parallel edges and self-loops are allowed. */
export interface Digraph {
  size: number;
  /** By node: positions of its successors, one for each edge. */
  next: readonly (readonly number[])[];
}

/** Longest path from a node without predecessors, in edges, by node; undefined for nodes on or behind a cycle. Linear. */
export function levelsOf({ size, next }: Digraph): (number | undefined)[] {
  const open = new Array<number>(size).fill(0);
  for (const targets of next) for (const target of targets) open[target]!++;
  const levels = new Array<number | undefined>(size).fill(undefined);
  const level = new Array<number>(size).fill(0);
  const queue = open.flatMap((count, node) => (count === 0 ? [node] : []));
  for (let head = 0; head < queue.length; head++) {
    const node = queue[head]!;
    levels[node] = level[node]!;
    for (const target of next[node]!) {
      level[target] = Math.max(level[target]!, level[node]! + 1);
      if (--open[target]! === 0) queue.push(target);
    }
  }
  return levels;
}

export interface BackEdge {
  from: number;
  /** Which of `next[from]`. */
  nth: number;
  /** The nodes of the cycle it closes, from its target to `from`; long cycles are cut in the middle. */
  cycle: number[];
}

const LONGEST_CYCLE_SHOWN = 6;

/** Edges that close a cycle, as a depth-first walk in the given order meets them. Without them the graph is acyclic. Linear. */
export function backEdges({ size, next }: Digraph): BackEdge[] {
  const found: BackEdge[] = [];
  /** Place on the current path; -1: not visited, -2: done. */
  const place = new Array<number>(size).fill(-1);
  for (let root = 0; root < size; root++) {
    if (place[root] !== -1) continue;
    const path: { node: number; nth: number }[] = [{ node: root, nth: 0 }];
    place[root] = 0;
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const nth = top.nth++;
      const target = next[top.node]![nth];
      if (target === undefined) {
        place[top.node] = -2;
        path.pop();
      } else if (place[target] === -1) {
        place[target] = path.length;
        path.push({ node: target, nth: 0 });
      } else if (place[target]! >= 0) {
        found.push({ from: top.node, nth, cycle: shortened(path, place[target]!) });
      }
    }
  }
  return found;
}

function shortened(path: { node: number }[], start: number): number[] {
  const length = path.length - start;
  const steps =
    length <= LONGEST_CYCLE_SHOWN
      ? path.slice(start)
      : [...path.slice(start, start + LONGEST_CYCLE_SHOWN - 1), path[path.length - 1]!];
  return steps.map(({ node }) => node);
}
