import slugify from '@sindresorhus/slugify';
import type { OutputType, Prisma } from '../../generated/prisma/client.js';
import { isUniqueViolation } from '../databaseErrors.js';
import { ConflictError, NotFoundError, ValidationError } from '../errors.js';
import { recordRollout } from '../legacy/rollout.js';
import { holdTerms } from '../offered.js';
import type { Platform } from '../platform.js';
import { NEWEST_VERSION } from '../runs/entry.js';
import { type CheckedProfile, checkProfile, type OutputTypeProfile, profileOf } from './profile.js';

type Parts = Pick<Platform, 'db' | 'definition'>;
/** Fields of an `OutputTypeProfile`; what is left out has its default, or stays as it is. */
export type ProfileChanges = Partial<Record<keyof OutputTypeProfile, unknown>>;

/** Makes an output type of a complete profile. With a workflow it runs by graph, since there is no past to keep to; with settings
 * of the old world, or without a workflow, it starts with the legacy pipeline.
 * @param legacyId what the old world called it, where it comes from there.
 * @throws ValidationError with a JSON pointer into the profile for everything that does not fit, ConflictError `LEGACY_ID_TAKEN`. */
export async function createOutputType(
  platform: Parts,
  given: ProfileChanges,
  legacyId: string | null = null,
): Promise<OutputType> {
  const checked = await validProfile(platform, given);
  const { profile } = checked;
  const hasPast = Object.keys(profile.legacySettings).length > 0;
  return insert(platform, checked, profile.workflowId && !hasPast ? 'graph' : 'legacy', legacyId);
}

/** Changes an output type. Orders placed before keep their price and options. Without a workflow there is nothing but the legacy
 * pipeline to run: who takes the workflow away switches it over, and the rollout history says so.
 * @param revision the revision that the change is based on.
 * @param by name of who changes it, for the rollout history.
 * @throws ValidationError, NotFoundError, ConflictError `OUTPUT_TYPE_CHANGED` where somebody else was quicker. */
export async function updateOutputType(
  platform: Parts,
  id: string,
  revision: number,
  changes: ProfileChanges,
  by: string,
): Promise<OutputType> {
  const row = await find(platform, id, revision);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const checked = await validProfile(platform, { ...profileOf(row), ...given });
  const { profile } = checked;
  const { categoryIds, ...columns } = columnsOf(profile);
  const data = { ...columns, categories: { set: categoryIds.map((categoryId) => ({ id: categoryId })) } };
  const { shadowRate, fallsBack } = row;
  return platform.db.$transaction(async (tx) => {
    await holdTerms(tx, profile);
    await holdWorkflow(tx, checked);
    if (profile.workflowId || row.rollout === 'legacy') return write(tx, id, revision, data);
    await recordRollout(tx, row, { rollout: 'legacy', shadowRate, fallsBack }, { by, reason: UNLINKED });
    return write(tx, id, revision, { ...data, rollout: 'legacy' });
  });
}

const UNLINKED = 'The workflow was taken away.';

/** Takes an output type out of what is offered, or brings it back. Orders of the past keep it.
 * @throws NotFoundError, ConflictError `OUTPUT_TYPE_CHANGED`. */
export async function archiveOutputType(
  platform: Parts,
  id: string,
  revision: number,
  isArchived: boolean,
): Promise<OutputType> {
  await find(platform, id, revision);
  return write(platform.db, id, revision, { archivedAt: isArchived ? new Date() : null });
}

/** A copy under a new name, internal until somebody publishes it; it starts where the original is rolled out.
 * @throws NotFoundError, ValidationError where the original does not fit its workflow any more. */
export async function duplicateOutputType(platform: Parts, id: string, name: string): Promise<OutputType> {
  const row = await find(platform, id, null);
  const checked = await validProfile(platform, { ...profileOf(row), name, visibility: 'internal' });
  return insert(platform, checked, row.rollout, null);
}

interface ValidProfile {
  profile: OutputTypeProfile;
  /** The version that it was checked against; null: it has no workflow. */
  version: CheckedProfile['version'];
}

async function validProfile(platform: Parts, given: ProfileChanges): Promise<ValidProfile> {
  const { profile, issues, version } = await checkProfile(platform, given);
  const [first] = issues;
  if (first) throw new ValidationError(`The output type was not saved: ${first.message}`, issues);
  return { profile: profile as OutputTypeProfile, version };
}

/** Holds the workflow still until the transaction ends, so that nobody publishes it meanwhile who has not seen this output type.
 * @throws ConflictError `WORKFLOW_CHANGED`: it is not any more what the profile was checked against. */
async function holdWorkflow(tx: Prisma.TransactionClient, { profile, version }: ValidProfile): Promise<void> {
  const { workflowId: id, versionPolicy } = profile;
  if (!id) return;
  await tx.$queryRaw`SELECT 1 FROM workflow WHERE id = ${id}::uuid FOR SHARE`;
  const workflow = await tx.workflow.findUniqueOrThrow({ where: { id }, include: NEWEST_VERSION });
  const isSame = versionPolicy === 'pinned' || workflow.versions[0]?.id === version?.id;
  if (isSame && !workflow.archivedAt) return;
  throw new ConflictError(
    `"${workflow.name}" was ${workflow.archivedAt ? 'archived' : 'published anew'} while the output type was being saved. Look at it and save again.`,
    'WORKFLOW_CHANGED',
  );
}

function columnsOf({ contract, overrides, callerParams, constraints, legacySettings, ...rest }: OutputTypeProfile) {
  const json = { contract, overrides, callerParams, constraints, legacySettings };
  const pinnedVersionId = rest.versionPolicy === 'pinned' ? rest.pinnedVersionId : null;
  return { ...rest, pinnedVersionId, ...(json as unknown as Record<keyof typeof json, Prisma.InputJsonObject>) };
}

async function insert(
  { db }: Parts,
  checked: ValidProfile,
  rollout: OutputType['rollout'],
  legacyId: string | null,
): Promise<OutputType> {
  const { profile } = checked;
  const { categoryIds, ...columns } = columnsOf(profile);
  for (let attempt = 1; ; attempt += 1) {
    const key = await freeKey(db, profile.name);
    try {
      return await db.$transaction(async (tx) => {
        await holdTerms(tx, profile);
        await holdWorkflow(tx, checked);
        return tx.outputType.create({
          data: { ...columns, key, rollout, legacyId, categories: { connect: categoryIds.map((id) => ({ id })) } },
        });
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      if (legacyId && (await db.outputType.count({ where: { legacyId } })) > 0)
        throw new ConflictError(`The old output type "${profile.name}" is here already.`, 'LEGACY_ID_TAKEN');
      if (attempt === KEY_ATTEMPTS)
        throw new ConflictError(`Somebody else just made an output type called "${profile.name}". Try again.`);
    }
  }
}

/** Of people who make one of the same name at once, each finds a key at the latest after all others have. */
const KEY_ATTEMPTS = 10;

async function freeKey(db: Parts['db'], name: string): Promise<string> {
  const base = slugify(name, { separator: '_' }).slice(0, 60) || 'output_type';
  const taken = await db.outputType.findMany({ where: { key: { startsWith: base } }, select: { key: true } });
  const keys = new Set(taken.map(({ key }) => key));
  let key = base;
  for (let number = 2; keys.has(key); number += 1) key = `${base}_${number}`;
  return key;
}

async function find({ db }: Parts, id: string, revision: number | null) {
  const row = await db.outputType.findUnique({ where: { id }, include: { categories: { select: { id: true } } } });
  if (!row) throw new NotFoundError('output type', id);
  if (revision !== null && row.revision !== revision) throw changed(row.name);
  return row;
}

/** One statement checks and writes: of two people who save at once, one gets the conflict. */
async function write(
  db: Prisma.TransactionClient,
  id: string,
  revision: number,
  data: Prisma.OutputTypeUncheckedUpdateInput,
): Promise<OutputType> {
  try {
    return await db.outputType.update({ where: { id, revision }, data: { ...data, revision: { increment: 1 } } });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'P2025') throw changed('The output type');
    throw error;
  }
}

const changed = (name: string) =>
  new ConflictError(`"${name}" was changed by somebody else meanwhile. Load it again.`, 'OUTPUT_TYPE_CHANGED');
