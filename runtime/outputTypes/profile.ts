import { z } from 'zod';
import type { PricingTier, WorkflowVersion } from '../../generated/prisma/client.js';
import { FAMILIES } from '../../modules/define.js';
import type { JsonObject } from '../../modules/json.js';
import { ArtifactContract } from '../../modules/shapes/artifactContract.js';
import { type CallerForm, callerForm } from '../../workflow/callerParams.js';
import { contractIssues, type Deliverable, deliverables } from '../../workflow/deliverables.js';
import { familyDefinition } from '../../workflow/families.js';
import { pointer } from '../../workflow/finding.js';
import type { WorkflowGraph } from '../../workflow/graph.js';
import { resolveParams } from '../../workflow/invocation.js';
import { outputTypeOverrides } from '../../workflow/legacy/invocation.js';
import { legacyProfileIssues, profilePath } from '../../workflow/legacy/profile.js';
import { Restriction } from '../../workflow/restriction.js';
import { openGraph } from '../../workflow/upgradeGraph.js';
import type { FieldIssue } from '../errors.js';
import { notOffered } from '../offered.js';
import type { Platform } from '../platform.js';

/** The five steps of making an output type, in order. */
export const OUTPUT_TYPE_STEPS = ['family', 'workflow', 'artifact', 'overrides', 'terms'] as const;
export type OutputTypeStep = (typeof OUTPUT_TYPE_STEPS)[number];

/** What may be ordered with an output type, beside its categories. */
export const OrderConstraints = z.strictObject({
  /** Names of the materials that order lines may ask for; empty: any. */
  materials: z.array(z.string().min(1)).max(500).default([]),
});
export type OrderConstraints = z.output<typeof OrderConstraints>;

const object = z.record(z.string(), z.json());

/** Everything an output type says; ids are uuids. */
export const OutputTypeProfile = z.object({
  name: z.string().trim().min(1, 'Give a name of 1 to 200 characters.').max(200, 'Give a name of 1 to 200 characters.'),
  description: z.string().trim().max(2000).default(''),
  visibility: z.enum(['public', 'internal', 'hidden']).default('public'),
  sortOrder: z.number().int().default(0),
  family: z.enum(FAMILIES),
  /** Null: the legacy pipeline. */
  workflowId: z.string().nullable().default(null),
  versionPolicy: z.enum(['latest', 'pinned']).default('latest'),
  pinnedVersionId: z.string().nullable().default(null),
  artifactKind: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'Choose what the customer receives.'),
  contract: ArtifactContract.prefault({}),
  overrides: object.default({}),
  callerParams: z.record(z.string(), Restriction).default({}),
  categoryIds: z.array(z.string()).max(200).default([]),
  pricingTierId: z.string().nullable().default(null),
  constraints: OrderConstraints.prefault({}),
  legacySettings: object.default({}),
});
export type OutputTypeProfile = z.output<typeof OutputTypeProfile>;

const STEP_OF: Record<keyof OutputTypeProfile, OutputTypeStep> = {
  family: 'family',
  workflowId: 'workflow',
  versionPolicy: 'workflow',
  pinnedVersionId: 'workflow',
  artifactKind: 'artifact',
  contract: 'artifact',
  overrides: 'overrides',
  callerParams: 'overrides',
  legacySettings: 'overrides',
  name: 'terms',
  description: 'terms',
  visibility: 'terms',
  sortOrder: 'terms',
  categoryIds: 'terms',
  pricingTierId: 'terms',
  constraints: 'terms',
};

/** The step that a JSON pointer into the profile belongs to. */
export function stepOf(path: string): OutputTypeStep {
  const field = path.split('/')[1] as keyof OutputTypeProfile;
  return STEP_OF[field] ?? 'family';
}

export interface CheckedProfile {
  /** What was understood of it; complete where `issues` is empty. */
  profile: Partial<OutputTypeProfile>;
  /** In the order of the steps. */
  issues: FieldIssue[];
  /** The graph it runs; null: there is none, or none that can be read. */
  graph: WorkflowGraph | null;
  /** What its old settings say in the new words, then its own: the layer that runs get. */
  overrides: JsonObject;
  version: Pick<WorkflowVersion, 'id' | 'number'> | null;
  /** What the graph delivers with these overrides. */
  deliverables: Deliverable[];
  /** Null without a graph. */
  callerForm: CallerForm | null;
  pricingTier: PricingTier | null;
}

/** Checks everything an output type says, against the library as it is now. Writes nothing. */
export async function checkProfile(
  platform: Pick<Platform, 'db' | 'definition'>,
  given: Record<string, unknown>,
): Promise<CheckedProfile> {
  const parsed = OutputTypeProfile.safeParse(given);
  const issues: FieldIssue[] = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    path: pointer(...path),
    message: message.startsWith('Invalid') ? `This is needed, and must fit: ${message}.` : message,
  }));
  const profile = parsed.data ?? understood(given);
  const [linked, references] = await Promise.all([
    linkedVersion(platform, profile, issues),
    readReferences(platform, profile, issues),
  ]);
  const graph = (linked && openGraph(linked.graph, platform.definition).graph) ?? null;
  if (linked && !graph) issues.push({ path: '/workflowId', message: 'The workflow is in a form that cannot be read.' });
  const said = {
    artifactKind: profile.artifactKind ?? '',
    legacySettings: profile.legacySettings ?? {},
    overrides: profile.overrides ?? {},
  };
  const contract = profile.contract ?? ArtifactContract.parse({});
  const overrides = outputTypeOverrides(said);
  const made = graph ? deliverables(graph, platform.definition, { outputType: overrides }) : [];
  const form = graph
    ? callerForm(graph, platform.definition, { overrides, callerParams: profile.callerParams ?? {} })
    : null;
  if (graph) {
    const { findings } = resolveParams(graph, platform.definition, { outputType: overrides });
    for (const { path, message, severity } of findings) {
      if (severity === 'info' || !path?.startsWith('/overrides')) continue;
      const own = profilePath({ path }, said);
      // What the old world set and no node takes is in the report of its settings.
      if (severity === 'error' || own === path) issues.push({ path: own, message });
    }
    issues.push(...form!.issues);
    if (profile.artifactKind) issues.push(...contractIssues(made, profile.artifactKind, contract));
  } else if (profile.workflowId == null) {
    if (Object.keys(profile.callerParams ?? {}).length > 0)
      issues.push({ path: '/callerParams', message: 'Without a workflow there is nothing that callers could set.' });
    if (profile.artifactKind) issues.push(...legacyProfileIssues({ ...said, contract }));
  }
  const place = ({ path }: FieldIssue) => OUTPUT_TYPE_STEPS.indexOf(stepOf(path));
  return {
    profile,
    issues: issues.toSorted((a, b) => place(a) - place(b)),
    graph,
    overrides,
    version: linked && { id: linked.id, number: linked.number },
    deliverables: made,
    callerForm: form,
    pricingTier: references.pricingTier,
  };
}

/** Of a profile with mistakes: the fields that are right. */
function understood(given: Record<string, unknown>): Partial<OutputTypeProfile> {
  return Object.fromEntries(
    Object.entries(OutputTypeProfile.shape).flatMap(([field, schema]) => {
      const one = schema.safeParse(given[field]);
      return one.success ? [[field, one.data]] : [];
    }),
  ) as Partial<OutputTypeProfile>;
}

async function linkedVersion(
  { db }: Pick<Platform, 'db'>,
  { family, workflowId, versionPolicy, pinnedVersionId }: Partial<OutputTypeProfile>,
  issues: FieldIssue[],
): Promise<WorkflowVersion | null> {
  const say = (field: keyof OutputTypeProfile, message: string) => issues.push({ path: `/${field}`, message });
  if (!workflowId) {
    if (versionPolicy === 'pinned') say('versionPolicy', 'Without a workflow there is no version to pin.');
    return null;
  }
  const workflow = await db.workflow.findUnique({
    where: { id: workflowId },
    include: { versions: { orderBy: { number: 'desc' }, take: 1 } },
  });
  if (!workflow || workflow.archivedAt) {
    say('workflowId', workflow ? `“${workflow.name}” is archived.` : 'There is no such workflow.');
    return null;
  }
  if (family && workflow.family !== family)
    say('workflowId', `“${workflow.name}” is a workflow for “${familyDefinition(workflow.family).label}”.`);
  const [newest] = workflow.versions;
  if (!newest) say('workflowId', `“${workflow.name}” has not been published yet.`);
  if (versionPolicy !== 'pinned') return newest ?? null;
  const pinned = pinnedVersionId
    ? await db.workflowVersion.findFirst({ where: { id: pinnedVersionId, workflowId } })
    : null;
  if (!pinned) say('pinnedVersionId', `Choose the version of “${workflow.name}” that is run.`);
  return pinned;
}

async function readReferences(
  { db }: Pick<Platform, 'db'>,
  { pricingTierId, categoryIds = [], constraints }: Partial<OutputTypeProfile>,
  issues: FieldIssue[],
): Promise<{ pricingTier: PricingTier | null }> {
  const materials = constraints?.materials ?? [];
  const [pricingTier, categories, known] = await Promise.all([
    pricingTierId ? db.pricingTier.findUnique({ where: { id: pricingTierId } }) : null,
    db.category.findMany({ where: { id: { in: categoryIds } }, select: { id: true, label: true, archivedAt: true } }),
    db.material.findMany({ where: { name: { in: materials } }, select: { name: true } }),
  ]);
  if (pricingTierId)
    issues.push(
      ...(pricingTier ? notOffered('/pricingTierId', pricingTier) : unknown('/pricingTierId', 'pricing tier')),
    );
  for (const [position, id] of categoryIds.entries()) {
    const category = categories.find((one) => one.id === id);
    const path = pointer('categoryIds', position);
    issues.push(...(category ? notOffered(path, category) : unknown(path, 'category')));
  }
  for (const [position, name] of materials.entries())
    if (!known.some((material) => material.name === name))
      issues.push({
        path: pointer('constraints', 'materials', position),
        message: `There is no material “${name}” in the library.`,
      });
  return { pricingTier };
}

const unknown = (path: string, what: string): FieldIssue[] => [{ path, message: `There is no such ${what}.` }];

/** The columns of a stored output type as a profile. */
export function profileOf(row: Record<string, unknown> & { categories: { id: string }[] }): Record<string, unknown> {
  return {
    ...Object.fromEntries(Object.keys(OutputTypeProfile.shape).map((field) => [field, row[field]])),
    categoryIds: row.categories.map(({ id }) => id),
  };
}
