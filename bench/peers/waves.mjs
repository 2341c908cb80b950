/** The nodes of a benchmark graph in waves: each needs only nodes of earlier waves. Engines that replay a function need such a fixed order.
 * @param {{ nodes: string[], edges: [string, string][] }} graph
 * @returns {{ node: string, before: string[] }[][]} */
export function waves(graph) {
  const before = new Map(graph.nodes.map((node) => [node, []]));
  for (const [from, to] of graph.edges) before.get(to).push(from);
  const depth = new Map();
  const depthOf = (node) => {
    if (!depth.has(node)) depth.set(node, 1 + Math.max(-1, ...before.get(node).map(depthOf)));
    return depth.get(node);
  };
  const list = [];
  for (const node of graph.nodes) {
    const wave = depthOf(node);
    list[wave] ??= [];
    list[wave].push({ node, before: before.get(node) });
  }
  return list;
}
