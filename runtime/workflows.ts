import type { Prisma, Workflow, WorkflowVersion } from '../generated/prisma/client.js';
import type { JsonValue } from '../modules/json.js';
import { canonicalGraph } from '../workflow/canonical.js';
import type { Finding } from '../workflow/finding.js';
import type { WorkflowGraph } from '../workflow/graph.js';
import { openGraph } from '../workflow/upgradeGraph.js';
import { parseGraph, validateGraph } from '../workflow/validate.js';
import { ConflictError, NotFoundError, ValidationError } from './errors.js';
import type { Platform } from './platform.js';

/** Replaces the draft. A draft may have errors of sense (they show as findings), but must have the form of a graph and keep its family.
 * @param expectedRevision the revision the editor started from; a newer one in the database is a ConflictError.
 * @throws ValidationError with JSON pointers, NotFoundError, ConflictError. */
export async function saveDraft(
  platform: Pick<Platform, 'db'>,
  input: { workflowId: string; graph: JsonValue; expectedRevision: number },
): Promise<Workflow> {
  const { graph, findings } = parseGraph(input.graph);
  if (!graph) throw invalid('The draft was not saved: it does not have the form of a workflow.', findings);
  const workflow = await platform.db.workflow.findUnique({ where: { id: input.workflowId } });
  if (!workflow) throw new NotFoundError('workflow', input.workflowId);
  if (graph.family !== workflow.family)
    throw new ValidationError(
      `"${workflow.name}" is of the family ${workflow.family}; that cannot be changed.`,
      [{ path: '/graph/family', message: `Must be ${workflow.family}.` }],
      [],
      'WRONG_FAMILY',
    );
  // One statement checks and writes: of two editors who save at once, one gets the conflict.
  const { count } = await platform.db.workflow.updateMany({
    where: { id: workflow.id, draftRevision: input.expectedRevision },
    data: { draft: asJson(canonicalGraph(graph)), draftRevision: { increment: 1 }, updatedAt: new Date() },
  });
  if (count === 0) throw stale(workflow);
  return platform.db.workflow.findUniqueOrThrow({ where: { id: workflow.id } });
}

/** Makes the draft the newest published version. Publishing an unchanged draft gives the version that is there already.
 * @throws ValidationError with the findings when the draft cannot run. */
export async function publishWorkflow(
  platform: Pick<Platform, 'db' | 'definition'>,
  input: { workflowId: string; expectedRevision: number; note?: string | null },
): Promise<{ workflow: Workflow; version: WorkflowVersion }> {
  return platform.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM workflow WHERE id = ${input.workflowId}::uuid FOR UPDATE`;
    const workflow = await tx.workflow.findUnique({
      where: { id: input.workflowId },
      include: { versions: { orderBy: { number: 'desc' }, take: 1 } },
    });
    if (!workflow) throw new NotFoundError('workflow', input.workflowId);
    if (workflow.draftRevision !== input.expectedRevision) throw stale(workflow);
    const graph = checkedGraph(platform, workflow);
    const [newest] = workflow.versions;
    if (newest && sameGraph(platform, newest.graph, graph)) return { workflow, version: newest };
    const version = await tx.workflowVersion.create({
      data: {
        workflowId: workflow.id,
        number: (newest?.number ?? 0) + 1,
        graph: asJson(graph),
        note: input.note ?? '',
      },
    });
    return { workflow, version };
  });
}

const asJson = (graph: WorkflowGraph) => graph as unknown as Prisma.InputJsonObject;

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
  const { graph, findings } = openGraph(workflow.draft, platform.definition);
  const all = graph ? [...findings, ...validateGraph(graph, platform.definition)] : findings;
  if (!graph || all.some(({ severity }) => severity === 'error'))
    throw invalid(`"${workflow.name}" cannot be published yet.`, all);
  return graph;
}

function invalid(message: string, findings: Finding[]): ValidationError {
  const errors = findings.filter(({ severity }) => severity === 'error');
  return new ValidationError(
    `${message} ${errors[0]?.message ?? ''}`.trim(),
    errors.map(({ path = '', message }) => ({ path: `/graph${path}`, message })),
    findings,
    'WORKFLOW_INVALID',
  );
}

const stale = (workflow: Workflow) =>
  new ConflictError(
    `Somebody else changed "${workflow.name}" in the meantime (it is at revision ${workflow.draftRevision} now). Load it again to see their changes.`,
    'DRAFT_CHANGED',
  );
