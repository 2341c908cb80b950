import canonicalize from 'canonicalize';
import type { Prisma, PrismaClient } from '../../generated/prisma/client.js';
import { NotFoundError } from '../errors.js';
import { JUDGEMENT } from './judgement.js';
import { judgedBy, type ParityPolicy, policyOf } from './policy.js';

export interface ParityGate {
  /** Comparisons that passed one after the other, the newest ones, since the output type last changed. */
  streak: number;
  needed: number;
  /** The output type may go over to its workflow. */
  isOpen: boolean;
  /** Sentences for people: what is still missing, or why it is open. */
  reasons: string[];
}

type Db = Pick<PrismaClient, 'outputType' | 'workflowVersion' | 'parityReport'> | Prisma.TransactionClient;

/** Whether enough comparisons of legacy and graph have passed in a row for the output type to go over to its workflow. What was
 * compared before its profile, its workflow's version or its thresholds changed does not count; comparisons that could not be
 * made, or passed by looking at less than they do now, neither count nor break the row.
 * @throws NotFoundError */
export async function parityGate(db: Db, outputTypeId: string): Promise<ParityGate> {
  const outputType = await db.outputType.findUnique({ where: { id: outputTypeId } });
  if (!outputType) throw new NotFoundError('output type', outputTypeId);
  const policy = policyOf(outputType.parityPolicy);
  const needed = policy.greensNeeded;
  const closed = (reason: string): ParityGate => ({ streak: 0, needed, isOpen: false, reasons: [reason] });
  if (!outputType.workflowId)
    return closed('No workflow is linked, so there is nothing to compare the legacy pipeline with.');
  const version =
    outputType.versionPolicy === 'pinned'
      ? outputType.pinnedVersionId
      : ((
          await db.workflowVersion.findFirst({
            where: { workflowId: outputType.workflowId },
            orderBy: { number: 'desc' },
            select: { id: true },
          })
        )?.id ?? null);
  if (version === null) return closed('The workflow has not been published yet.');

  const ofToday: Prisma.ParityReportWhereInput = {
    outputTypeId,
    legacyRun: { mode: 'legacy', createdAt: { gte: outputType.profileChangedAt } },
    graphRun: {
      mode: { in: ['graph', 'shadow'] },
      workflowVersionId: version,
      createdAt: { gte: outputType.profileChangedAt },
    },
  };
  const isShort: Prisma.ParityReportWhereInput = { status: 'passed', judgement: { lt: JUDGEMENT } };
  const [reports, short] = await Promise.all([
    db.parityReport.findMany({
      where: { ...ofToday, status: { in: ['passed', 'differs'] }, NOT: isShort },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: needed,
      select: { status: true, policy: true },
    }),
    db.parityReport.count({ where: { ...ofToday, ...isShort } }),
  ]);
  const limits = canonicalize(judgedBy(policy));
  // As it was stored, complete then: a report from before a threshold came was not judged by it, whatever its default.
  const isGreen = ({ status, policy: used }: (typeof reports)[number]) =>
    status === 'passed' && used !== null && canonicalize(judgedBy(used as unknown as ParityPolicy)) === limits;
  const broken = reports.findIndex((report) => !isGreen(report));
  const streak = broken < 0 ? reports.length : broken;
  const isOpen = streak >= needed;
  const reasons = [
    sentence(streak, needed, reports[broken]?.status),
    ...(isOpen || short === 0 ? [] : [shortSentence(short)]),
  ];
  return { streak, needed, isOpen, reasons };
}

function sentence(streak: number, needed: number, brokenBy: string | undefined): string {
  const row = `${streak} of ${needed} comparisons in a row have passed`;
  if (streak >= needed) return `${row}.`;
  const missing = needed - streak;
  const more = `${missing} more ${missing === 1 ? 'is' : 'are'} needed`;
  if (brokenBy === 'differs') return `${row} since one that differed; ${more}.`;
  if (brokenBy === 'passed') return `${row} since the thresholds changed; ${more}. Earlier ones can be judged again.`;
  return streak === 0
    ? 'Nothing has been compared since the output type, its workflow version or its legacy settings last changed.'
    : `${row}; ${more}.`;
}

const shortSentence = (count: number) =>
  count === 1
    ? 'One more has passed without comparing from where the camera saw the product, so it does not count until it is judged again.'
    : `${count} more have passed without comparing from where the camera saw the product, so they do not count until they are judged again.`;
