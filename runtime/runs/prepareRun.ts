import type { JsonObject } from '../../modules/json.js';
import { familyDefinition, RUN_SUBJECTS, type RunSubject } from '../../workflow/families.js';
import { outputTypeOverrides } from '../../workflow/legacy/invocation.js';
import { ConflictError, NotFoundError, ValidationError } from '../errors.js';
import type { Platform } from '../platform.js';
import type { CompiledRun } from './compileRun.js';
import { buildEntry, ORDER_LINE_INCLUDE, type OrderLineSubject, type Subject } from './entry.js';
import { artifactRef } from './snapshots.js';
import { findCadFile, findRunnableWorkflow, type RunnableWorkflow } from './subjects.js';

/** What a run is to be about: exactly one of the two; ids are uuids. */
export interface SubjectRequest {
  orderLineId?: string | null;
  cadFileId?: string | null;
}

export type OrderSubject = Subject & { orderLine: OrderLineSubject };

/** Which graph is to run over a subject. */
export interface GraphChoice {
  /** Needed over a CAD file; over an order line it replaces the output type's workflow. */
  workflowId?: string | null;
  /** Takes the draft instead of the published version. */
  useDraft?: boolean;
}

/** A run by graph with nothing left to decide; nothing of it is written yet. */
export interface PreparedRun {
  subject: Subject;
  workflowId: string;
  /** Null: the draft. */
  workflowVersionId: string | null;
  compiled: CompiledRun;
  /** Values of the entry slots the plan reads. */
  entry: JsonObject;
}

/** @throws ValidationError, NotFoundError */
export async function findSubject(platform: Platform, request: SubjectRequest): Promise<Subject> {
  if (Boolean(request.orderLineId) === Boolean(request.cadFileId))
    throw new ValidationError('Say what the run is about: either an order line or a CAD file.', [
      { path: '/', message: 'Give exactly one of orderLineId and cadFileId.' },
    ]);
  if (request.cadFileId) {
    const cadFile = await findCadFile(platform.pool, request.cadFileId);
    if (!cadFile) throw new NotFoundError('CAD file', request.cadFileId);
    return { cadFile, orderLine: null };
  }
  const orderLine = await platform.db.orderLine.findUnique({
    where: { id: request.orderLineId! },
    include: ORDER_LINE_INCLUDE,
  });
  if (!orderLine) throw new NotFoundError('order line', request.orderLineId!);
  const subject = subjectOf(orderLine);
  if (subject instanceof ValidationError) throw subject;
  return subject;
}

/** Reads many order lines with as many queries as one takes.
 * @returns by id: the subject, or why it cannot be one; unknown ids are left out. */
export async function findOrderLineSubjects(
  platform: Platform,
  ids: readonly string[],
): Promise<Map<string, OrderSubject | ValidationError>> {
  const lines = await platform.db.orderLine.findMany({ where: { id: { in: [...ids] } }, include: ORDER_LINE_INCLUDE });
  return new Map(lines.map((line) => [line.id, subjectOf(line)]));
}

function subjectOf(orderLine: OrderLineSubject): OrderSubject | ValidationError {
  const { name, cadFile } = orderLine.product;
  if (cadFile) return { cadFile: { id: cadFile.id, source: artifactRef(cadFile.artifact) }, orderLine };
  return new ValidationError(
    `The product "${name}" has no CAD file yet, so it cannot be rendered.`,
    [],
    [],
    'PRODUCT_WITHOUT_CAD_FILE',
  );
}

/** Chooses the graph, resolves every param and fixes what the run will read of the database. Writes no run.
 * @param about - read beside the workflow where it is not there yet.
 * @throws ValidationError, NotFoundError, ConflictError */
export async function prepareGraphRun(
  platform: Platform,
  about: Subject | Promise<Subject>,
  { workflowId, useDraft = false }: GraphChoice = {},
): Promise<PreparedRun> {
  const [subject, given] = await Promise.all([about, workflowId ? findWorkflow(platform, workflowId) : null]);
  const outputType = subject.orderLine?.outputType;
  const workflow = given ?? outputType?.workflow;
  if (!workflow)
    throw outputType
      ? new ValidationError(
          `The output type "${outputType.name}" is not linked to a workflow, so there is nothing to run.`,
          [],
          [],
          'OUTPUT_TYPE_WITHOUT_WORKFLOW',
        )
      : new ValidationError('Choose the workflow that the CAD file should go through.', [
          { path: '/workflowId', message: 'Needed with cadFileId.' },
        ]);
  checkFamily(workflow, subject);
  const pinned = !given && outputType?.versionPolicy === 'pinned' ? outputType.pinnedVersion : null;
  const source = useDraft
    ? { graph: workflow.draft, versionId: null }
    : publishedGraph(workflow.name, pinned ?? workflow.versions[0]);
  const layers = {
    outputType: outputType && outputTypeOverrides(outputType),
    orderLine: subject.orderLine?.options as JsonObject | undefined,
  };
  const compiled = platform.compiler.compile(source, layers);
  const fallsBack = !given && outputType?.rollout === 'graph' && outputType.fallsBack;
  return {
    subject,
    workflowId: workflow.id,
    workflowVersionId: source.versionId,
    compiled: fallsBack ? fallingBack(compiled) : compiled,
    entry: await buildEntry(platform, compiled.plan, subject),
  };
}

/** The same, but the legacy pipeline takes over wherever the run would halt. */
function fallingBack(compiled: CompiledRun): CompiledRun {
  const nodes = compiled.plan.nodes.map((node) =>
    node.onFailure === 'halt' ? { ...node, onFailure: 'fallback_legacy' as const } : node,
  );
  return { ...compiled, plan: { ...compiled.plan, nodes } };
}

async function findWorkflow(platform: Platform, id: string): Promise<RunnableWorkflow> {
  const workflow = await findRunnableWorkflow(platform.pool, id);
  if (!workflow) throw new NotFoundError('workflow', id);
  if (workflow.isArchived)
    throw new ConflictError(
      `"${workflow.name}" is archived. Take it out of the archive to run it.`,
      'WORKFLOW_ARCHIVED',
    );
  return workflow;
}

function checkFamily(workflow: Pick<RunnableWorkflow, 'name' | 'family'>, subject: Subject): void {
  const { label, subject: expected } = familyDefinition(workflow.family);
  const given: RunSubject = subject.orderLine ? 'orderLine' : 'cadFile';
  if (given !== expected)
    throw new ValidationError(
      `"${workflow.name}" is of the family “${label}”: each of its runs is about ${RUN_SUBJECTS[expected].one}, not about ${RUN_SUBJECTS[given].one}.`,
      [{ path: '/workflowId', message: `The workflow is of the family ${workflow.family}.` }],
      [],
      'WRONG_FAMILY',
    );
}

function publishedGraph(
  name: string,
  version: { id: string; graph: unknown } | undefined,
): { graph: unknown; versionId: string } {
  if (!version)
    throw new ConflictError(
      `"${name}" has not been published yet. Publish it, or run its draft.`,
      'WORKFLOW_NOT_PUBLISHED',
    );
  return { graph: version.graph, versionId: version.id };
}
