import type { ArtifactRef } from '../../modules/artifacts.js';
import type { Capability } from '../../modules/define.js';
import type { ModuleError } from '../../modules/errors.js';
import type { JsonObject, JsonValue } from '../../modules/json.js';
import { blenderTurntable } from '../../modules/render/blender_turntable.js';
import { BLENDER_INSTALL_HINT } from '../../modules/render/blenderFailures.js';
import { needsGpu } from '../../modules/render/device.js';
import { ArtifactContract } from '../../modules/shapes/artifactContract.js';
import { FileRef } from '../../modules/shapes/artifactRef.js';
import { MaterialMap } from '../../modules/shapes/materials.js';
import { RenderTemplate } from '../../modules/shapes/renderTemplate.js';
import { contractIssues, type Deliverable, deliverables } from '../../workflow/deliverables.js';
import type { Finding } from '../../workflow/finding.js';
import type { NodeParams, WorkflowGraph } from '../../workflow/graph.js';
import { outputTypeOverrides } from '../../workflow/legacy/invocation.js';
import type { DefinitionLookup } from '../../workflow/nodeDefinition.js';
import { moduleOf, type PlannedNode } from '../../workflow/plan.js';
import type { CheckedFinding, PreflightCheck } from '../../workflow/preflightChecks.js';
import type { ArtifactStore } from '../artifacts/store.js';
import type { OrderLineSubject } from '../runs/entry.js';
import type { ForeseenNode } from '../runs/foresee.js';
import { readJsonArtifact } from '../runs/moduleArtifacts.js';
import { artifactsIn } from '../runs/nodeInputs.js';
import type { Workforce } from '../workers.js';
import type { PreflightDesk } from './desk.js';

const error = (check: PreflightCheck, code: string, message: string, nodeId?: string): CheckedFinding => ({
  check,
  code,
  severity: 'error',
  message,
  ...(nodeId && { nodeId }),
});

/** What a check is about, where a node of the plan decides it. */
const DECIDED_BY = { material_map: 'materials', render_template: 'template' } as const;

/** The checks that a plan gives something to look at. */
export function checksOfPlan(
  foreseen: readonly Pick<ForeseenNode, 'node'>[],
  lookup: DefinitionLookup,
): PreflightCheck[] {
  const made = new Set(foreseen.flatMap(({ node }) => moduleOf(node, lookup)?.artifactRolesProduced ?? []));
  return (Object.keys(DECIDED_BY) as (keyof typeof DECIDED_BY)[])
    .filter((role) => made.has(role))
    .map((role) => DECIDED_BY[role]);
}

/** Code of the finding that leaves the materials to the run. */
export const PARTS_UNKNOWN = 'PARTS_UNKNOWN';

/** What nodes would fail with, and what they decided: files that are gone, parts without a material, templates that do not fit.
 * @param renders effective params of the nodes that render, by node id. */
export async function findingsOfNodes(
  desk: PreflightDesk,
  foreseen: readonly ForeseenNode[],
  renders: ReadonlyMap<string, NodeParams>,
): Promise<CheckedFinding[]> {
  const findings = foreseen.flatMap(({ node, problem }) =>
    problem ? [findingOfProblem(problem, node, checksOfPlan([{ node }], desk.platform.definition)[0] ?? 'graph')] : [],
  );
  const undecided = foreseen.find(
    ({ node, outcomes, hasFiles, problem }) =>
      !hasFiles &&
      !problem &&
      outcomes[0] !== 'skipped' &&
      moduleOf(node, desk.platform.definition)?.artifactRolesProduced.includes('material_map'),
  );
  if (undecided)
    findings.push({
      check: 'materials',
      code: PARTS_UNKNOWN,
      severity: 'info',
      message: 'The CAD file has not been read yet: its parts and their materials are checked in the run.',
      nodeId: undecided.node.id,
    });
  const known = foreseen.flatMap(({ node, outputs, hasFiles }) =>
    artifactsIn((hasFiles && outputs) || {}).map((artifact) => ({ nodeId: node.id, artifact })),
  );
  for (const { nodeId, artifact } of known) {
    if (artifact.role === 'material_map') {
      const map = await readJsonArtifact(desk.store, artifact, MaterialMap);
      findings.push(...findingsOfMap(map, nodeId));
      findings.push(...(await findingsOfFiles(desk.store, fileRefsIn(map), nodeId)));
    }
    if (artifact.role === 'render_template') {
      const template = await readJsonArtifact(desk.store, artifact, RenderTemplate);
      findings.push(...(await findingsOfFiles(desk.store, fileRefsIn(template), nodeId)));
      for (const [renderer, { engine }] of renders)
        if (typeof engine === 'string' && !template.engines.some((one) => one === engine))
          findings.push(
            error(
              'template',
              'ENGINE_NOT_SUPPORTED',
              `The render template “${template.label}” is not made for ${engine}; it supports ${template.engines.join(', ')}.`,
              renderer,
            ),
          );
    }
  }
  return findings;
}

/** What a node would fail with; it stands in the way unless the run goes on without the node. */
function findingOfProblem(problem: ModuleError, node: PlannedNode, check: PreflightCheck): CheckedFinding {
  const finding = error(check, problem.code, problem.message, node.id);
  if (node.onFailure !== 'continue') return finding;
  const message = `${problem.message} The run goes on without this node and what depends on it.`;
  return { ...finding, severity: 'warning', message };
}

function findingsOfMap({ assignments, unmapped }: MaterialMap, nodeId: string): CheckedFinding[] {
  const named = (names: readonly string[]) => `${names.slice(0, 10).join(', ')}${names.length > 10 ? ' …' : ''}`;
  const coloured = assignments.filter(({ source }) => source === 'cad_color').map(({ partName }) => partName);
  const say = (
    names: readonly string[],
    severity: Finding['severity'],
    code: string,
    what: string,
  ): CheckedFinding[] =>
    names.length === 0
      ? []
      : [
          {
            check: 'materials',
            code,
            severity,
            nodeId,
            message: `${names.length} of ${assignments.length} parts have no material and ${what}: ${named(names)}.`,
          },
        ];
  return [
    ...say(unmapped, 'warning', 'PARTS_UNMAPPED', 'get the default material'),
    ...say(coloured, 'info', 'PARTS_IN_CAD_COLOUR', 'keep the colour of the CAD file'),
  ];
}

/** Files named inside other files. */
function fileRefsIn(value: unknown): ArtifactRef[] {
  if (typeof value !== 'object' || value === null) return [];
  const file = FileRef.safeParse(value);
  return file.success ? [file.data as ArtifactRef] : Object.values(value).flatMap((one: JsonValue) => fileRefsIn(one));
}

/** Whether files are there, whole, and can be read. */
export async function findingsOfFiles(
  store: ArtifactStore,
  files: readonly ArtifactRef[],
  nodeId?: string,
): Promise<CheckedFinding[]> {
  const distinct = [...new Map(files.map((file) => [file.sha256, file])).values()];
  const problems = await Promise.all(distinct.map(async (file) => ({ file, problem: await problemOf(store, file) })));
  return problems.flatMap(({ file, problem }) =>
    problem
      ? [error('files', 'FILE_UNREADABLE', `The file “${file.fileName}” ${problem}. Upload it again.`, nodeId)]
      : [],
  );
}

async function problemOf(store: ArtifactStore, { sha256, byteSize }: ArtifactRef): Promise<string | null> {
  const stored = await store.byteSize(sha256);
  if (stored === null) return 'is not in the artifact store any more';
  if (stored !== byteSize) return `is damaged: ${stored} of ${byteSize} bytes are there`;
  if (stored === 0) return null;
  try {
    for await (const _ of await store.open(sha256, { start: 0, end: 0 })) break;
    return null;
  } catch (cause) {
    return `cannot be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`;
  }
}

const WORK: Record<Capability, string> = {
  cpu: 'takes light work',
  cad: 'reads CAD files',
  blender: 'renders',
  io: 'publishes and notifies',
};

/** What must be on the machine of a worker besides HartOMat, with how to get it. */
const NEEDS: Partial<Record<Capability, string>> = {
  blender: `. Its machine needs Blender. ${BLENDER_INSTALL_HINT}`,
};

/** What a run asks of workers. */
export type Work = Pick<PlannedNode, 'capability' | 'moduleKey' | 'params' | 'id'>;

/** Whether somebody is there for everything that will run, or may have to. */
export function findingsOfWorkers(
  { capabilities, blenderProblem, ffmpegProblem, graphicsCards }: Workforce,
  running: readonly Work[],
): CheckedFinding[] {
  const film = running.find(
    ({ moduleKey, params }) => moduleKey === blenderTurntable.key && params.format !== 'frames',
  );
  const films = film && ffmpegProblem ? [error('workers', 'FFMPEG_UNUSABLE', ffmpegProblem, film.id)] : [];
  const missing = [...new Set(running.map(({ capability }) => capability))].flatMap((capability) => {
    if (!capabilities.has(capability))
      return [
        error(
          'workers',
          'NO_WORKER',
          `No worker that ${WORK[capability]} is there, so the run would wait. Start one: npm run worker -- --capabilities ${capability}${NEEDS[capability] ?? ''}`,
        ),
      ];
    return capability === 'blender' && blenderProblem ? [findingOfBlender(blenderProblem)] : [];
  });
  return [...missing, ...films, ...findingsOfCards(graphicsCards, running)];
}

/** Workers are not chosen by what their Blender can do: one that cannot render hands the node back. */
function findingOfBlender({ of, problem }: NonNullable<Workforce['blenderProblem']>): CheckedFinding {
  if (of === 'all') return error('workers', 'BLENDER_UNUSABLE', problem);
  const message = `Not every worker that should render can: one that cannot hands the step back, which takes one of its attempts. ${problem}`;
  return { ...error('workers', 'BLENDER_ON_SOME_WORKERS', message), severity: 'warning' };
}

/** Workers are not chosen by their cards: one without hands the node back, and another attempt may come to one that has. */
function findingsOfCards(cards: Workforce['graphicsCards'], running: readonly Work[]): CheckedFinding[] {
  const bound = running.find(({ capability, params }) => capability === 'blender' && needsGpu(params));
  if (!bound || cards === 'all') return [];
  if (cards === 'none')
    return [
      error(
        'workers',
        'GPU_UNUSABLE',
        'No worker that renders has a graphics card that Cycles can use. Start one that has, or render on another device.',
        bound.id,
      ),
    ];
  return [
    {
      ...error(
        'workers',
        'GPU_ON_SOME_WORKERS',
        'Not every worker that renders has a graphics card: those without hand the step back, which takes one of its attempts.',
        bound.id,
      ),
      severity: 'warning',
    },
  ];
}

/** Whether what the line asks for would be what is sold. */
export function findingsOfContract(
  { outputType: { name, artifactKind, contract } }: OrderLineSubject,
  made: readonly Deliverable[],
): CheckedFinding[] {
  return contractIssues(made, artifactKind, ArtifactContract.parse(contract), `“${name}”`).map(({ path, message }) => ({
    ...error('contract', 'CONTRACT_UNMET', message),
    path,
  }));
}

/** What a graph would deliver for a line. */
export const graphDeliverables = (
  { outputType, options }: OrderLineSubject,
  graph: WorkflowGraph,
  lookup: DefinitionLookup,
): Deliverable[] =>
  deliverables(graph, lookup, { outputType: outputTypeOverrides(outputType), orderLine: options as JsonObject });
