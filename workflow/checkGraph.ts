import type { Finding, Fix } from './finding.js';
import type { DefinitionLookup } from './nodeDefinition.js';
import { type OpenedGraph, openGraph } from './upgradeGraph.js';
import { type ValidateOptions, validateGraph } from './validate.js';

/** All there is to say about a stored graph, with the modules that are installed now: reads it, brings its nodes up to date and checks what
 * came of it. Every fix fits the graph as given, and as it was opened. Never throws. */
export function checkGraph(json: unknown, lookup: DefinitionLookup, options: ValidateOptions = {}): OpenedGraph {
  const opened = openGraph(json, lookup);
  if (!opened.graph) return opened;
  const upgrades = new Map(opened.findings.map((finding) => [nodePlace(finding), finding.fix]));
  const checked = validateGraph(opened.graph, lookup, options).map((finding) => {
    const upgrade = finding.fix && upgrades.get(nodePlace(finding));
    return upgrade ? { ...finding, fix: onTopOf(upgrade, finding.fix!) } : finding;
  });
  return { ...opened, findings: [...opened.findings, ...checked] };
}

/** Where the node is that a finding is about; undefined: it is about something else. */
const nodePlace = ({ path }: Finding) => /^\/nodes\/\d+/.exec(path ?? '')?.[0];

/** What repairs an upgraded node presupposes that it was upgraded. */
const onTopOf = (upgrade: Fix, fix: Fix): Fix => ({ ...fix, patch: [...upgrade.patch, ...fix.patch] });
