import slugify from '@sindresorhus/slugify';
import type { Prisma, Workflow } from '../../generated/prisma/client.js';
import type { Family } from '../../modules/define.js';
import type { JsonValue } from '../../modules/json.js';
import { familyDefinition } from '../../workflow/families.js';
import { GRAPH_FORMAT } from '../../workflow/graph.js';
import { parseGraph } from '../../workflow/validate.js';
import { ConflictError, NotFoundError, ValidationError } from '../errors.js';
import type { Platform } from '../platform.js';
import { storable } from './draft.js';

export interface NewWorkflow {
  name: string;
  description?: string | null;
  family: Family;
  /** The first draft: a starter, an imported file, a copy. Null: empty. */
  graph?: JsonValue | null;
}

/** Makes a workflow with a draft and no version yet.
 * @throws ValidationError when the graph is none, too large, or of another family. */
export async function createWorkflow({ db }: { db: Prisma.TransactionClient }, input: NewWorkflow): Promise<Workflow> {
  const name = checkedName(input.name);
  const given = input.graph ?? { format: GRAPH_FORMAT, family: input.family, nodes: [], edges: [] };
  const { graph, findings } = parseGraph(given);
  if (!graph)
    throw new ValidationError(
      'This is not a workflow that can be read.',
      findings.map(({ path = '', message }) => ({ path: `/graph${path}`, message })),
      findings,
      'WORKFLOW_INVALID',
    );
  if (graph.family !== input.family)
    throw new ValidationError(
      `The workflow that was given is of the family “${familyDefinition(graph.family).label}”.`,
      [{ path: '/family', message: `Must be ${graph.family}.` }],
      [],
      'WRONG_FAMILY',
    );
  const draft = storable(graph);
  const key = await freeKey(db, name);
  return db.workflow
    .create({ data: { key, name, description: input.description ?? '', family: input.family, draft } })
    .catch((error) => {
      if ((error as { code?: unknown }).code !== 'P2002') throw error;
      throw new ConflictError(`Somebody else just made a workflow called "${name}". Try again.`);
    });
}

export async function renameWorkflow(
  platform: Pick<Platform, 'db'>,
  input: { workflowId: string; name?: string | null; description?: string | null },
): Promise<void> {
  const { count } = await platform.db.workflow.updateMany({
    where: { id: input.workflowId },
    data: {
      name: input.name == null ? undefined : checkedName(input.name),
      description: input.description ?? undefined,
    },
  });
  if (count === 0) throw new NotFoundError('workflow', input.workflowId);
}

/** Puts a workflow away, or takes it back: it is not offered, saved, published or run any more, and all its runs stay.
 * @throws ConflictError `WORKFLOW_IN_USE` while an output type runs it. */
export async function archiveWorkflow(
  platform: Pick<Platform, 'db'>,
  input: { workflowId: string; isArchived: boolean },
): Promise<void> {
  await platform.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM workflow WHERE id = ${input.workflowId}::uuid FOR UPDATE`;
    const workflow = await tx.workflow.findUnique({
      where: { id: input.workflowId },
      include: { outputTypes: { select: { name: true } } },
    });
    if (!workflow) throw new NotFoundError('workflow', input.workflowId);
    if (input.isArchived && workflow.outputTypes.length > 0)
      throw new ConflictError(
        `"${workflow.name}" is what ${workflow.outputTypes.map(({ name }) => `"${name}"`).join(', ')} runs. Link another workflow there first.`,
        'WORKFLOW_IN_USE',
      );
    await tx.workflow.update({
      where: { id: workflow.id },
      data: { archivedAt: input.isArchived ? (workflow.archivedAt ?? new Date()) : null },
    });
  });
}

function checkedName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > 200)
    throw new ValidationError('A workflow needs a name of at most 200 characters.', [
      { path: '/name', message: trimmed === '' ? 'Must not be empty.' : 'At most 200 characters.' },
    ]);
  return trimmed;
}

/** The name as a key, with a number where it is taken. */
async function freeKey(db: Prisma.TransactionClient, name: string): Promise<string> {
  const base = slugify(name, { separator: '_' }).slice(0, 60) || 'workflow';
  const taken = new Set(
    (await db.workflow.findMany({ where: { key: { startsWith: base } }, select: { key: true } })).map(({ key }) => key),
  );
  if (!taken.has(base)) return base;
  let number = 2;
  while (taken.has(`${base}_${number}`)) number += 1;
  return `${base}_${number}`;
}
