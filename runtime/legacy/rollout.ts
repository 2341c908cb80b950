import type { OutputType, Prisma, PrismaClient } from '../../generated/prisma/client.js';
import type { Rollout } from '../../generated/prisma/enums.js';
import type { ArtifactRole } from '../../modules/artifacts.js';
import type { JsonObject } from '../../modules/json.js';
import { isLegacyKind } from '../../workflow/legacy/invocation.js';
import { adaptLegacySettings } from '../../workflow/legacy/settings.js';
import { ConflictError, type FieldIssue, NotFoundError, ValidationError } from '../errors.js';
import { parityGate } from '../parity/gate.js';
import type { Platform } from '../platform.js';

const ROLLOUTS = ['legacy', 'shadow', 'graph'] as const satisfies readonly Rollout[];
const MAX_REASON = 500;

/** Whether an output type may go over to a way of being produced. */
export interface RolloutOption {
  rollout: Rollout;
  /** Nothing stands in the way. */
  isOffered: boolean;
  /** It may be insisted on, with a reason. */
  canBeForced: boolean;
  /** Sentences for people: what stands in the way, or what was compared. */
  reasons: string[];
}

type Db = PrismaClient | Prisma.TransactionClient;

/** What an output type may be rolled out to, the way it is now among them.
 * @throws NotFoundError */
export async function rolloutOptions(db: Db, outputTypeId: string): Promise<RolloutOption[]> {
  const outputType = await db.outputType.findUnique({
    where: { id: outputTypeId },
    include: { workflow: { select: { archivedAt: true, _count: { select: { versions: true } } } } },
  });
  if (!outputType) throw new NotFoundError('output type', outputTypeId);
  const gate = await parityGate(db, outputTypeId);
  const noLegacy = isLegacyKind(outputType.artifactKind)
    ? []
    : [`The legacy pipeline cannot make a ${outputType.artifactKind.replaceAll('_', ' ')}.`];
  const { workflow } = outputType;
  const noGraph = !workflow
    ? ['No workflow is linked.']
    : workflow.archivedAt
      ? ['The workflow is archived.']
      : workflow._count.versions === 0
        ? ['The workflow has not been published yet.']
        : [];
  const { staysOnLegacy } = adaptLegacySettings(outputType.legacySettings as JsonObject, {
    artifactKind: outputType.artifactKind as ArtifactRole,
  });
  const caution = [
    ...(staysOnLegacy ? ['Its old settings ask for a renderer that is not Blender.'] : []),
    ...(gate.isOpen ? [] : gate.reasons),
  ];
  const isGraph = outputType.rollout === 'graph';
  return ROLLOUTS.map((rollout) => {
    const blocked = { legacy: noLegacy, shadow: [...noLegacy, ...noGraph], graph: noGraph }[rollout];
    if (blocked.length > 0) return { rollout, isOffered: false, canBeForced: false, reasons: blocked };
    if (rollout !== 'graph' || isGraph) return { rollout, isOffered: true, canBeForced: false, reasons: [] };
    const isOffered = caution.length === 0;
    return { rollout, isOffered, canBeForced: !isOffered, reasons: isOffered ? gate.reasons : caution };
  });
}

export interface RolloutWish {
  outputTypeId: string;
  rollout: Rollout;
  /** Share of legacy orders that get a shadow run, 0..1; left out: as it is. */
  shadowRate?: number | null;
  /** The legacy pipeline takes over from runs by graph that fail; left out: as it is, true for those that go over to graph. */
  fallsBack?: boolean | null;
  /** The revision the wish is based on; left out: whatever it is now, for the way back in a hurry. */
  expectedRevision?: number | null;
  /** Goes over to graph although too little was compared; needs a reason. */
  force?: boolean | null;
  reason?: string | null;
}

/** Switches an output type over, at once: what runs goes on its way, what is dispatched from now on goes the new one.
 * @param by name of who wants it, for the history.
 * @throws NotFoundError, ConflictError `OUTPUT_TYPE_CHANGED`, `ROLLOUT_NOT_OFFERED`, ValidationError */
export async function setRollout(platform: Pick<Platform, 'db'>, wish: RolloutWish, by: string): Promise<OutputType> {
  const reason = wish.reason?.trim() ?? '';
  const issues: FieldIssue[] = [];
  if (wish.shadowRate != null && !(wish.shadowRate >= 0 && wish.shadowRate <= 1))
    issues.push({ path: '/shadowRate', message: 'Give a share from 0 to 1.' });
  if (reason.length > MAX_REASON)
    issues.push({ path: '/reason', message: `Say it in at most ${MAX_REASON} characters.` });
  if (issues[0]) throw new ValidationError(`The rollout was not changed: ${issues[0].message}`, issues);
  return platform.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT FROM output_type WHERE id = ${wish.outputTypeId}::uuid FOR UPDATE`;
    const options = await rolloutOptions(tx, wish.outputTypeId);
    const before = await tx.outputType.findUniqueOrThrow({ where: { id: wish.outputTypeId } });
    if (wish.expectedRevision != null && before.revision !== wish.expectedRevision)
      throw new ConflictError(
        `"${before.name}" was changed by somebody else meanwhile. Load it again.`,
        'OUTPUT_TYPE_CHANGED',
      );
    const isForced = insistOn(options.find(({ rollout }) => rollout === wish.rollout)!, wish.force ?? false, reason);
    const goesOver = wish.rollout === 'graph' && before.rollout !== 'graph';
    const fallsBack = wish.fallsBack ?? (goesOver && isLegacyKind(before.artifactKind) ? true : before.fallsBack);
    const after: Way = { rollout: wish.rollout, shadowRate: wish.shadowRate ?? before.shadowRate, fallsBack };
    if (
      after.rollout === before.rollout &&
      after.shadowRate === before.shadowRate &&
      after.fallsBack === before.fallsBack
    )
      return before;
    await recordRollout(tx, before, after, { by, isForced, reason });
    return tx.outputType.update({ where: { id: before.id }, data: { ...after, revision: { increment: 1 } } });
  });
}

type Way = Pick<OutputType, 'rollout' | 'shadowRate' | 'fallsBack'>;

/** Enters a switch into the history; whoever changes the way of an output type does this in the same transaction. */
export async function recordRollout(
  tx: Prisma.TransactionClient,
  before: OutputType,
  { rollout, ...rest }: Way,
  { by, isForced = false, reason = '' }: { by: string; isForced?: boolean; reason?: string },
): Promise<void> {
  await tx.rolloutChange.create({
    data: { outputTypeId: before.id, by, before: before.rollout, after: rollout, ...rest, isForced, reason },
  });
}

/** @returns whether it took force. */
function insistOn({ isOffered, canBeForced, reasons }: RolloutOption, force: boolean, reason: string): boolean {
  if (isOffered) return false;
  const [first = ''] = reasons;
  if (!canBeForced) throw new ConflictError(`That is not possible: ${first}`, 'ROLLOUT_NOT_OFFERED');
  if (!force) throw new ConflictError(`It is too early for that: ${reasons.join(' ')}`, 'ROLLOUT_NOT_OFFERED');
  if (reason === '')
    throw new ValidationError('Say why, for those who come after you.', [
      { path: '/reason', message: 'Needed with force.' },
    ]);
  return true;
}
