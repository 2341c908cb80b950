import type { ArtifactRole } from '../modules/artifacts.js';
import type { Contract } from '../modules/define.js';
import type { ArtifactContract } from '../modules/shapes/artifactContract.js';
import type { ProfileIssue } from './callerParams.js';
import type { NodeParams, WorkflowGraph } from './graph.js';
import { indexGraph, portOf } from './graphIndex.js';
import { type InvocationLayers, resolveParams } from './invocation.js';
import type { DefinitionLookup } from './nodeDefinition.js';

/** A kind of file that a workflow can deliver. */
export interface Deliverable {
  kind: ArtifactRole;
  mediaTypes: string[];
  /** Whether one delivery may be a set of files. */
  isSet: boolean;
  /** Effective params of the node that makes it. */
  params: NodeParams;
}

/** What a workflow can deliver: everything that reaches a node which publishes, or, where none does, everything it makes. */
export function deliverables(
  graph: WorkflowGraph,
  lookup: DefinitionLookup,
  layers: InvocationLayers = {},
): Deliverable[] {
  const index = indexGraph(graph, lookup);
  const { params } = resolveParams(graph, lookup, layers);
  const publishes = index.definitions.map(
    (one) => one?.module.artifactRolesProduced.includes('published_asset') ?? false,
  );
  const all = graph.nodes.flatMap(({ id }, position) => {
    const contract = index.definitions[position]?.module.outputContract;
    if (!contract || publishes[position]) return [];
    const published = new Set(
      index.outgoing[position]!.filter((edge) => publishes[index.ends[edge]!.to ?? -1]).map(
        (edge) => graph.edges[edge]!.from.port,
      ),
    );
    const ports = publishes.includes(true) ? [...published] : Object.keys(contract);
    return ports.flatMap((port) => kindsOf(contract, port, params[id] ?? {}));
  });
  return [...new Map(all.map((one) => [one.kind, one])).values()];
}

function kindsOf(contract: Contract, name: string, params: NodeParams): Deliverable[] {
  const port = portOf(contract, name);
  if (port?.kind !== 'artifact') return [];
  return port.roles.map((kind) => ({
    kind,
    mediaTypes: typesOfFormat(port.mediaTypes, params.format),
    isSet: port.many,
    params,
  }));
}

/** The media types a param `format` leaves over: `png16` and `exr` name `image/png` and `image/x-exr`. */
export function typesOfFormat(mediaTypes: readonly string[], format: unknown): string[] {
  const word = typeof format === 'string' ? format.replace(/16$/, '') : '';
  const named = word ? mediaTypes.filter((type) => type.endsWith(word)) : [];
  return named.length > 0 ? named : [...mediaTypes];
}

/** Why the workflow, with these overrides, cannot make what the contract asks for; what only a run can tell is not judged.
 * Paths are into the profile.
 * @param maker what makes it, as sentences call it. */
export function contractIssues(
  made: readonly Deliverable[],
  artifactKind: string,
  contract: ArtifactContract,
  maker = 'The workflow',
): ProfileIssue[] {
  const options = made.filter(
    ({ kind }) => kind === artifactKind || (artifactKind === 'turntable_video' && kind === 'turntable_frame'),
  );
  if (options.length === 0) {
    const kinds = made.map(({ kind }) => `“${kind}”`).join(', ');
    return [
      {
        path: '/artifactKind',
        message: `${maker} cannot deliver “${artifactKind}”. It delivers ${kinds || 'nothing'}.`,
      },
    ];
  }
  const verdicts = options.map((option) => misfits(option, contract, maker));
  return verdicts.find((issues) => issues.length === 0) ?? verdicts[0]!;
}

function misfits(
  { mediaTypes, isSet, params }: Deliverable,
  contract: ArtifactContract,
  maker: string,
): ProfileIssue[] {
  const issues: ProfileIssue[] = [];
  const say = (field: string, message: string) => issues.push({ path: `/contract/${field}`, message });
  if (contract.mediaTypes.length > 0 && !contract.mediaTypes.some((type) => mediaTypes.includes(type)))
    say('mediaTypes', `${maker} delivers ${mediaTypes.join(' or ')} with these settings.`);
  const size = params.resolution as { width?: unknown; height?: unknown } | undefined;
  for (const [field, actual] of [
    ['widthPx', size?.width],
    ['heightPx', size?.height],
  ] as const) {
    const range = contract[field];
    if (!range || typeof actual !== 'number') continue;
    if (actual < (range.min ?? 1) || actual > (range.max ?? Infinity))
      say(field, `${maker} makes ${actual} px, outside of ${range.min ?? 1} to ${range.max ?? '…'}.`);
  }
  const isTransparent = params.transparent;
  if (
    contract.transparent !== undefined &&
    typeof isTransparent === 'boolean' &&
    contract.transparent !== isTransparent
  )
    say('transparent', isTransparent ? `${maker} makes a cut-out.` : `${maker} makes a picture with a background.`);
  const { min, max } = contract.count;
  if (min > 1 && !isSet) say('count/min', `${maker} delivers one file.`);
  if (max !== undefined && max < min) say('count/max', `Must be at least ${min}.`);
  if (contract.maxBytes !== undefined && contract.maxBytes < contract.minBytes)
    say('maxBytes', `Must be at least ${contract.minBytes}.`);
  return issues;
}
