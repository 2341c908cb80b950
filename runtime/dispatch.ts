import type { JsonObject } from '../modules/json.js';
import { buildEntry, ORDER_LINE_INCLUDE, type Subject } from './entry.js';
import { ConflictError, NotFoundError, ValidationError } from './errors.js';
import type { Platform } from './platform.js';
import { artifactRef } from './snapshots.js';
import { findCadFile, findRunnableWorkflow, type RunnableWorkflow } from './subjects.js';

/** Exactly one of `orderLineId` and `cadFileId`; ids are uuids. */
export interface DispatchRequest {
  orderLineId?: string | null;
  cadFileId?: string | null;
  /** Needed with `cadFileId`; with an order line it replaces the output type's workflow. */
  workflowId?: string | null;
  /** Runs the draft instead of the newest published version. */
  useDraft?: boolean;
  /** The same key twice is one run. */
  idempotencyKey?: string | null;
}

/** Starts a run: reads what it is about, resolves every param, checks the graph, and writes run, node runs and first event in one transaction.
 * @throws ValidationError, NotFoundError, ConflictError; nothing is written then. */
export async function dispatch(
  platform: Platform,
  request: DispatchRequest,
): Promise<{ runId: string; created: boolean }> {
  if (Boolean(request.orderLineId) === Boolean(request.cadFileId))
    throw new ValidationError('Say what the run is about: either an order line or a CAD file.', [
      { path: '/', message: 'Give exactly one of orderLineId and cadFileId.' },
    ]);
  const [subject, given] = await Promise.all([
    findSubject(platform, request),
    request.workflowId ? findWorkflow(platform, request.workflowId) : null,
  ]);
  const workflow = given ?? subject.orderLine?.outputType.workflow;
  if (!workflow)
    throw subject.orderLine
      ? new ValidationError(
          `The output type "${subject.orderLine.outputType.name}" is not linked to a workflow, so there is nothing to run.`,
          [],
          [],
          'OUTPUT_TYPE_WITHOUT_WORKFLOW',
        )
      : new ValidationError('Choose the workflow that the CAD file should go through.', [
          { path: '/workflowId', message: 'Needed with cadFileId.' },
        ]);
  checkFamily(workflow, subject);
  const source = graphToRun(workflow, request.useDraft ?? false);
  const compiled = platform.compiler.compile(source, {
    outputType: subject.orderLine?.outputType.overrides as JsonObject | undefined,
    orderLine: subject.orderLine?.options as JsonObject | undefined,
  });
  const dropped = compiled.findings.filter(({ code }) => code === 'PARAM_DROPPED').map(({ message }) => message);
  if (dropped.length > 0)
    platform.log.warn({ workflowId: workflow.id, dropped }, 'settings of the workflow were dropped');
  return platform.runs.start({
    graph: compiled.graph,
    plan: compiled.plan,
    paramOrigins: compiled.origins,
    entry: await buildEntry(platform, compiled.plan, subject),
    workflowId: workflow.id,
    workflowVersionId: source.versionId,
    cadFileId: subject.cadFile.id,
    orderLineId: subject.orderLine?.id ?? null,
    idempotencyKey: request.idempotencyKey ?? null,
  });
}

async function findSubject(platform: Platform, request: DispatchRequest): Promise<Subject> {
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
  const { cadFile } = orderLine.product;
  if (!cadFile)
    throw new ValidationError(
      `The product "${orderLine.product.name}" has no CAD file yet, so it cannot be rendered.`,
      [],
      [],
      'PRODUCT_WITHOUT_CAD_FILE',
    );
  return { cadFile: { id: cadFile.id, source: artifactRef(cadFile.artifact) }, orderLine };
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
  const family = subject.orderLine ? 'order_line' : 'cad_file';
  if (workflow.family !== family)
    throw new ValidationError(
      family === 'cad_file'
        ? `"${workflow.name}" renders order lines; it cannot take a bare CAD file.`
        : `"${workflow.name}" takes CAD files in; it cannot run an order line.`,
      [{ path: '/workflowId', message: `The workflow is of the family ${workflow.family}.` }],
      [],
      'WRONG_FAMILY',
    );
}

function graphToRun(
  workflow: Pick<RunnableWorkflow, 'name' | 'draft' | 'versions'>,
  useDraft: boolean,
): { graph: unknown; versionId: string | null } {
  if (useDraft) return { graph: workflow.draft, versionId: null };
  const [version] = workflow.versions;
  if (!version)
    throw new ConflictError(
      `"${workflow.name}" has not been published yet. Publish it, or run its draft.`,
      'WORKFLOW_NOT_PUBLISHED',
    );
  return { graph: version.graph, versionId: version.id };
}
