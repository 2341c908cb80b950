import { durationOf, type Preflight, type PreflightNode } from '../preflight/run.js';
import { forecastOf, type Identity, mayBeSame, OUTCOMES } from './outcomes.js';

/** Plans of lines that are started together. Their runs find each other's results, and which of them does the work they share is a matter
 * of pace. */
export function sharingWork(lines: readonly Preflight[]): Preflight[] {
  const doing = new Map<string, { line: number; identity: Identity }[]>();
  for (const [line, { nodes }] of lines.entries())
    for (const { identity, outcomes } of nodes)
      if (identity && outcomes.includes('runs'))
        doing.set(identity.work, [...(doing.get(identity.work) ?? []), { line, identity }]);
  return lines.map((found, line) => {
    const isShared = ({ identity, outcomes }: PreflightNode) =>
      identity !== null &&
      outcomes.includes('runs') &&
      doing.get(identity.work)!.some((other) => other.line !== line && mayBeSame(identity, other.identity));
    if (!found.nodes.some(isShared)) return found;
    const nodes = found.nodes.map((node) => (isShared(node) ? perhapsCached(node) : node));
    return { ...found, nodes, duration: durationOf(nodes) };
  });
}

function perhapsCached(node: PreflightNode): PreflightNode {
  const outcomes = OUTCOMES.filter((outcome) => outcome === 'cached' || node.outcomes.includes(outcome));
  const dependsOn = [...node.dependsOn, { code: 'other_line' as const, on: [], graph: node.graph }];
  return { ...node, outcomes, dependsOn, forecast: forecastOf(outcomes) };
}
