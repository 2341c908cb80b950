import type { OutputType, Prisma, Workflow, WorkflowVersion } from '../../generated/prisma/client.js';
import { ArtifactContract } from '../../modules/shapes/artifactContract.js';
import type { CallerParams } from '../../workflow/callerParams.js';
import { canonicalGraph } from '../../workflow/canonical.js';
import { checkGraph } from '../../workflow/checkGraph.js';
import { type Finding, isPassing } from '../../workflow/finding.js';
import type { WorkflowGraph } from '../../workflow/graph.js';
import { lossesOf } from '../../workflow/impact.js';
import { outputTypeOverrides } from '../../workflow/legacy/invocation.js';
import { openGraph } from '../../workflow/upgradeGraph.js';
import { ConflictError } from '../errors.js';
import type { Platform } from '../platform.js';
import { invalid, lockWorkflow, storable } from './draft.js';

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
    const { id } = await lockWorkflow(tx, input.workflowId, input.expectedRevision);
    const workflow = await tx.workflow.findUniqueOrThrow({ where: { id }, include: PUBLISHABLE });
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

function affected(workflow: Workflow, harmed: AffectedOutputType[]): ConflictError {
  const losses = harmed.map(({ outputType, findings }) => `"${outputType.name}": ${findings[0]!.message}`);
  return new ConflictError(
    `Publishing "${workflow.name}" would take something away from ${harmed.length === 1 ? 'an output type' : `${harmed.length} output types`}. ${losses.join(' ')}`,
    'OUTPUT_TYPES_AFFECTED',
  );
}
