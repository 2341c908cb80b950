import type { Prisma, Workflow } from '../../generated/prisma/client.js';
import type { JsonValue } from '../../modules/json.js';
import { canonicalGraph, canonicalGraphJson, MAX_FILE_BYTES } from '../../workflow/canonical.js';
import { familyDefinition } from '../../workflow/families.js';
import type { Finding } from '../../workflow/finding.js';
import type { WorkflowGraph } from '../../workflow/graph.js';
import { parseGraph, validateGraph } from '../../workflow/validate.js';
import { ConflictError, NotFoundError, ValidationError } from '../errors.js';
import type { Platform } from '../platform.js';

/** A graph as drafts and versions keep it.
 * @throws ValidationError `WORKFLOW_TOO_LARGE`: as a file nobody could import it again. */
export function storable(graph: WorkflowGraph): Prisma.InputJsonObject {
  const canonical = canonicalGraph(graph);
  if (Buffer.byteLength(canonicalGraphJson(canonical)) > MAX_FILE_BYTES)
    throw new ValidationError(
      'The workflow is too large: as a file it has more than 2 MB.',
      [{ path: '/graph', message: 'At most 2 MB, written as a file.' }],
      [],
      'WORKFLOW_TOO_LARGE',
    );
  return canonical as unknown as Prisma.InputJsonObject;
}

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
        `"${workflow.name}" is of the family “${familyDefinition(workflow.family).label}”; that cannot be changed.`,
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

/** The workflow as it stands, held still until the transaction ends.
 * @throws NotFoundError; ConflictError `WORKFLOW_ARCHIVED`, `DRAFT_CHANGED`. */
export async function lockWorkflow(
  tx: Prisma.TransactionClient,
  id: string,
  expectedRevision: number,
): Promise<Workflow> {
  await tx.$queryRaw`SELECT 1 FROM workflow WHERE id = ${id}::uuid FOR UPDATE`;
  const workflow = await tx.workflow.findUnique({ where: { id } });
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

/** What is refused for what was found in a graph. */
export function invalid(message: string, findings: Finding[], code = 'WORKFLOW_INVALID'): ValidationError {
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
