import type { OutputType, Prisma } from '../../generated/prisma/client.js';
import { isUniqueViolation } from '../databaseErrors.js';
import { ConflictError, type FieldIssue, NotFoundError, ValidationError } from '../errors.js';
import type { Platform } from '../platform.js';
import { ParityPolicy } from './policy.js';
import { askAgain } from './reportStates.js';

/** Asks for a comparison of two runs of one product in one output type; of runs that were compared before, it is made anew.
 * @returns the id of the report; workers make it once both runs have ended.
 * @throws NotFoundError, ValidationError `RUNS_NOT_COMPARABLE`. */
export async function compareRuns(
  platform: Pick<Platform, 'db' | 'pool'>,
  { legacyRunId, graphRunId }: { legacyRunId: string; graphRunId: string },
): Promise<string> {
  const select = { orderLine: { select: { productId: true, outputTypeId: true } } } as const;
  const find = async (id: string) => {
    const run = await platform.db.run.findUnique({ where: { id }, select });
    if (!run) throw new NotFoundError('run', id);
    return run.orderLine;
  };
  const [legacy, graph] = [await find(legacyRunId), await find(graphRunId)];
  if (legacyRunId === graphRunId) throw notComparable('A run is always the same as itself. Choose another one.');
  if (!legacy || !graph) throw notComparable('Only runs of order lines can be compared.');
  if (legacy.productId !== graph.productId || legacy.outputTypeId !== graph.outputTypeId)
    throw notComparable('These runs are about different products or output types.');
  const pair = { legacyRunId, graphRunId };
  try {
    const made = await platform.db.parityReport.create({ data: { ...pair, outputTypeId: legacy.outputTypeId } });
    return made.id;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const { id } = await platform.db.parityReport.findUniqueOrThrow({ where: { legacyRunId_graphRunId: pair } });
    await askAgain(platform.pool, id);
    return id;
  }
}

const notComparable = (message: string) =>
  new ValidationError(message, [{ path: '/graphRunId', message }], [], 'RUNS_NOT_COMPARABLE');

/** Has a report made anew by the thresholds of today.
 * @throws NotFoundError */
export async function rerunReport({ pool }: Pick<Platform, 'pool'>, id: string): Promise<void> {
  if (!(await askAgain(pool, id))) throw new NotFoundError('parity report', id);
}

/** Sets thresholds of an output type. Reports of the past keep those they were judged by, and do not count towards `graph` any more
 * unless they are made anew.
 * @param policy - what is left out has its default.
 * @param revision - the revision the change is based on; null: whatever is there.
 * @throws NotFoundError, ValidationError with a path for each value, ConflictError `OUTPUT_TYPE_CHANGED`. */
export async function setParityPolicy(
  { db }: Pick<Platform, 'db'>,
  { id, revision, policy }: { id: string; revision?: number | null; policy: unknown },
): Promise<OutputType> {
  const parsed = ParityPolicy.safeParse(policy);
  const issues: FieldIssue[] = [...unknownKeys(policy), ...(parsed.error?.issues ?? []).map(toIssue)];
  if (!parsed.success || issues.length > 0)
    throw new ValidationError(`The thresholds do not fit: ${issues[0]!.message}`, issues);
  const found = await db.outputType.findUnique({ where: { id }, select: { name: true } });
  if (!found) throw new NotFoundError('output type', id);
  try {
    return await db.outputType.update({
      where: { id, revision: revision ?? undefined },
      data: { parityPolicy: parsed.data as unknown as Prisma.InputJsonObject, revision: { increment: 1 } },
    });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'P2025') throw error;
    throw new ConflictError(
      `"${found.name}" was changed by somebody else meanwhile. Load it again.`,
      'OUTPUT_TYPE_CHANGED',
    );
  }
}

const toIssue = ({ path, message }: { path: PropertyKey[]; message: string }): FieldIssue => ({
  path: ['/policy', ...path.map(String)].join('/'),
  message,
});

/** Misspelt thresholds would be ignored, and somebody would rely on them. */
function unknownKeys(policy: unknown): FieldIssue[] {
  if (typeof policy !== 'object' || policy === null) return [];
  const unknown = (value: object, shape: object, path: string) =>
    Object.keys(value)
      .filter((key) => !Object.hasOwn(shape, key))
      .map((key) => ({ path: `${path}/${key}`, message: `There is no threshold "${key}".` }));
  const defaults = ParityPolicy.parse({}) as Record<string, unknown>;
  return [
    ...unknown(policy, defaults, '/policy'),
    ...Object.entries(policy).flatMap(([key, value]) => {
      const inner = defaults[key];
      const isGroup = [value, inner].every((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
      return isGroup ? unknown(value as object, inner as object, `/policy/${key}`) : [];
    }),
  ];
}
