import type { OutputType, Prisma, Workflow, WorkflowVersion } from '../../generated/prisma/client.js';
import type { JsonValue } from '../../modules/json.js';
import { ArtifactContract } from '../../modules/shapes/artifactContract.js';
import type { CallerParams } from '../../workflow/callerParams.js';
import { canonicalGraph } from '../../workflow/canonical.js';
import { checkGraph } from '../../workflow/checkGraph.js';
import { type Finding, isPassing } from '../../workflow/finding.js';
import type { WorkflowGraph } from '../../workflow/graph.js';
import { lossesOf } from '../../workflow/impact.js';
import { outputTypeOverrides } from '../../workflow/legacy/invocation.js';
import { openGraph } from '../../workflow/upgradeGraph.js';
import { parseGraph, validateGraph } from '../../workflow/validate.js';
import { ConflictError, NotFoundError, ValidationError } from '../errors.js';
import type { Platform } from '../platform.js';
import { storable } from './draft.js';

/** Replaces the draft. A draft may have errors of sense (they show as findings), but must have the form of a graph, keep its family
 * and have no nodes of another one: graphs that mix families only come in from elsewhere, to be divided (`splitWorkflow`).
 * @param expectedRevision the revision the editor started from; a newer one in the database is a ConflictError.
 * @throws ValidationError with JSON pointers, NotFoundError, ConflictError. */
export async function saveDraft(
  platform: Pick<Platform, 'db' | 'definition'>,
  input: { workflowId: string; graph: JsonValue; expectedRevision: number },
): Promise<Workflow> {
  const { graph, findings } = parseGraph(input.graph);
  if (!graph) throw invalid('The draft was not saved: it does not have the form of a workflow.', findings);
  const strangers = validateGraph(graph, platform.definition).filter(({ code }) => WRONG_FAMILY.has(code));
  const draft = storable(graph);
  return platform.db.$transaction(async (tx) => {
    const workflow = await lockWorkflow(tx, input.workflowId, input.expectedRevision);
    if (graph.family !== workflow.family)
      throw new ValidationError(
        `"${workflow.name}" is of the family ${workflow.family}; that cannot be changed.`,
        [{ path: '/graph/family', message: `Must be ${workflow.family}.` }],
        [],
        'WRONG_FAMILY',
      );
    if (strangers.length > 0) throw invalid('The draft was not saved.', strangers, 'MIXED_FAMILY');
    return replaceDraft(tx, workflow, draft);
  });
}

/** Writes the draft of a workflow that is held still. */
export const replaceDraft = (
  tx: Prisma.TransactionClient,
  { id }: Pick<Workflow, 'id'>,
  draft: Prisma.InputJsonValue,
): Promise<Workflow> => tx.workflow.update({ where: { id }, data: { draft, draftRevision: { increment: 1 } } });

const WRONG_FAMILY = new Set(['ENTRY_NODE_WRONG_FAMILY', 'NODE_WRONG_FAMILY']);

export interface PublishRequest {
  workflowId: string;
  expectedRevision: number;
  note?: string | null;
  /** Name of who publishes. */
  by?: string | null;
  /** Output types that may lose what they sell: whoever publishes has seen it. */
  acceptedLosses?: readonly string[];
}

/** Makes the draft the newest published version. Publishing an unchanged draft gives the version that is there already.
 * @throws ValidationError with the findings when the draft cannot run; ConflictError `DRAFT_CHANGED`, or `OUTPUT_TYPES_AFFECTED`
 * when an output type would lose what it sells and that was not accepted. */
export async function publishWorkflow(
  platform: Pick<Platform, 'db' | 'definition'>,
  input: PublishRequest,
): Promise<{ workflow: Workflow; version: WorkflowVersion }> {
  return platform.db.$transaction(async (tx) => {
    const workflow = await lockWorkflow(tx, input.workflowId, input.expectedRevision);
    const graph = checkedGraph(platform, workflow);
    const [newest] = workflow.versions;
    if (newest && sameGraph(platform, newest.graph, graph)) return { workflow, version: newest };
    const harmed = affectedOutputTypes(platform, workflow, graph).filter(
      ({ outputType, findings }) => findings.length > 0 && !input.acceptedLosses?.includes(outputType.id),
    );
    if (harmed.length > 0) throw affected(workflow, harmed);
    const version = await tx.workflowVersion.create({
      data: {
        workflowId: workflow.id,
        number: (newest?.number ?? 0) + 1,
        graph: storable(graph),
        note: input.note ?? '',
        publishedBy: input.by ?? null,
      },
    });
    return { workflow, version };
  });
}

/** An output type that runs the workflow, and what it would lose. */
export interface AffectedOutputType {
  outputType: OutputType;
  findings: Finding[];
}

/** What publishing `graph` would do to the output types that run the workflow's newest version. */
export function affectedOutputTypes(
  { definition }: Pick<Platform, 'definition'>,
  { versions: [newest], outputTypes }: Pick<PublishableWorkflow, 'versions' | 'outputTypes'>,
  graph: WorkflowGraph,
): AffectedOutputType[] {
  const before = newest ? (openGraph(newest.graph, definition).graph ?? null) : null;
  return outputTypes
    .filter(({ versionPolicy, pinnedVersionId }) => versionPolicy === 'latest' || pinnedVersionId === null)
    .map((outputType) => ({
      outputType,
      findings: lossesOf(
        {
          artifactKind: outputType.artifactKind,
          contract: ArtifactContract.parse(outputType.contract),
          overrides: outputTypeOverrides(outputType),
          callerParams: outputType.callerParams as CallerParams,
        },
        before,
        graph,
        definition,
      ),
    }));
}

export const PUBLISHABLE = {
  versions: { orderBy: { number: 'desc' }, take: 1 },
  outputTypes: { orderBy: [{ sortOrder: 'asc' }, { id: 'asc' }] },
} satisfies Prisma.WorkflowInclude;
type PublishableWorkflow = Prisma.WorkflowGetPayload<{ include: typeof PUBLISHABLE }>;

/** The workflow as it stands, held still until the transaction ends.
 * @throws NotFoundError; ConflictError `WORKFLOW_ARCHIVED`, `DRAFT_CHANGED`. */
export async function lockWorkflow(
  tx: Prisma.TransactionClient,
  id: string,
  expectedRevision: number,
): Promise<PublishableWorkflow> {
  await tx.$queryRaw`SELECT 1 FROM workflow WHERE id = ${id}::uuid FOR UPDATE`;
  const workflow = await tx.workflow.findUnique({ where: { id }, include: PUBLISHABLE });
  if (!workflow) throw new NotFoundError('workflow', id);
  if (workflow.archivedAt) throw archived(workflow);
  if (workflow.draftRevision !== expectedRevision) throw stale(workflow);
  return workflow;
}

/** Puts a published version's graph into the draft; publishing that is the way back. Nothing of the history changes.
 * @throws NotFoundError, ConflictError `DRAFT_CHANGED`. */
export async function restoreVersion(
  platform: Pick<Platform, 'db'>,
  input: { workflowId: string; versionId: string; expectedRevision: number },
): Promise<void> {
  await platform.db.$transaction(async (tx) => {
    const workflow = await lockWorkflow(tx, input.workflowId, input.expectedRevision);
    const version = await tx.workflowVersion.findFirst({ where: { id: input.versionId, workflowId: workflow.id } });
    if (!version) throw new NotFoundError('version of this workflow', input.versionId);
    await replaceDraft(tx, workflow, version.graph as Prisma.InputJsonValue);
  });
}

/** Whether two stored graphs say the same, whatever the order of their keys and the module versions they were written for. */
export function sameGraph(platform: Pick<Platform, 'definition'>, a: unknown, b: unknown): boolean {
  const [left, right] = [a, b].map((stored) => openGraph(stored, platform.definition).graph);
  return (
    left !== undefined &&
    right !== undefined &&
    JSON.stringify(canonicalGraph(left)) === JSON.stringify(canonicalGraph(right))
  );
}

function checkedGraph(platform: Pick<Platform, 'definition'>, workflow: Workflow): WorkflowGraph {
  const { graph, findings } = checkGraph(workflow.draft, platform.definition);
  if (!graph || !isPassing(findings)) throw invalid(`"${workflow.name}" cannot be published yet.`, findings);
  return graph;
}

function invalid(message: string, findings: Finding[], code = 'WORKFLOW_INVALID'): ValidationError {
  const errors = findings.filter(({ severity }) => severity === 'error');
  return new ValidationError(
    `${message} ${errors[0]?.message ?? ''}`.trim(),
    errors.map(({ path = '', message }) => ({ path: `/graph${path}`, message })),
    findings,
    code,
  );
}

const stale = (workflow: Workflow) =>
  new ConflictError(
    `Somebody else changed "${workflow.name}" in the meantime (it is at revision ${workflow.draftRevision} now). Load it again to see their changes.`,
    'DRAFT_CHANGED',
  );

const archived = (workflow: Workflow) =>
  new ConflictError(`"${workflow.name}" is archived. Take it out of the archive first.`, 'WORKFLOW_ARCHIVED');

function affected(workflow: Workflow, harmed: AffectedOutputType[]): ConflictError {
  const losses = harmed.map(({ outputType, findings }) => `"${outputType.name}": ${findings[0]!.message}`);
  return new ConflictError(
    `Publishing "${workflow.name}" would take something away from ${harmed.length === 1 ? 'an output type' : `${harmed.length} output types`}. ${losses.join(' ')}`,
    'OUTPUT_TYPES_AFFECTED',
  );
}
