import type { Prisma, MaterialRule as RuleRow } from '../../generated/prisma/client.js';
import { foldName } from '../../modules/materials/partNames.js';
import { MaterialRule } from '../../modules/shapes/materials.js';
import { ConflictError, type FieldIssue, NotFoundError, ValidationError } from '../errors.js';
import { heldCategory, notOffered } from '../offered.js';
import type { Platform } from '../platform.js';

type Db = Pick<Platform, 'db'>;

/** Space between priorities, so that a rule can be put between two. */
const STEP = 10;
const MAX_PRIORITY = 1_000_000;
/** Most rules of a library: runs read all of them. */
export const MAX_RULES = 2_000;

export interface RuleContent {
  materialId: string;
  /** Null on a new rule: above all others. */
  priority?: number | null;
  categoryKey?: string | null;
  partNamePattern?: string | null;
  cadColor?: string | null;
}

/** @throws ValidationError with a path for each value, NotFoundError for the material, ConflictError `TOO_MANY_RULES`. */
export async function createRule({ db }: Db, content: RuleContent): Promise<RuleRow> {
  return db.$transaction(async (tx) => {
    const data = await checked(tx, content);
    const { _count, ...highest } = await tx.materialRule.aggregate({ _max: { priority: true }, _count: true });
    if (_count >= MAX_RULES)
      throw new ConflictError(
        `There are ${MAX_RULES} rules, and no more fit. Delete some that decide nothing.`,
        'TOO_MANY_RULES',
      );
    const priority = content.priority ?? Math.min((highest._max.priority ?? 0) + STEP, MAX_PRIORITY);
    return tx.materialRule.create({ data: { ...data, priority } });
  });
}

/** Replaces the conditions and the material of a rule; its priority stays unless it is given. */
export async function updateRule({ db }: Db, id: string, content: RuleContent): Promise<RuleRow> {
  return db.$transaction(async (tx) => {
    const data = await checked(tx, content);
    const before = await tx.materialRule.findUnique({ where: { id } });
    if (!before) throw new NotFoundError('material rule', id);
    return tx.materialRule.update({ where: { id }, data: { ...data, priority: content.priority ?? before.priority } });
  });
}

export async function deleteRule({ db }: Db, id: string): Promise<void> {
  const { count } = await db.materialRule.deleteMany({ where: { id } });
  if (count === 0) throw new NotFoundError('material rule', id);
}

/** Gives all rules new priorities, the first the highest, so that no two are equal.
 * @throws ConflictError `RULES_CHANGED` when `ids` are not exactly the rules there are. */
export async function reorderRules({ db }: Db, ids: readonly string[]): Promise<void> {
  await db.$transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM "material_rule" ORDER BY id FOR UPDATE`;
    const given = new Set(ids);
    if (given.size !== ids.length || rows.length !== ids.length || !rows.every(({ id }) => given.has(id)))
      throw new ConflictError('The rules have changed in the meantime. Load them again.', 'RULES_CHANGED');
    const priorities = ids.map((_, index) => (ids.length - index) * STEP);
    await tx.$executeRaw`
      UPDATE "material_rule" r SET priority = o.priority
      FROM unnest(${[...ids]}::uuid[], ${priorities}::int[]) AS o(id, priority) WHERE r.id = o.id`;
  });
}

async function checked(tx: Prisma.TransactionClient, content: RuleContent) {
  const { materialId, priority, categoryKey } = content;
  const partNamePattern = content.partNamePattern?.trim() || null;
  const cadColor = content.cadColor?.toLowerCase() || null;
  const issues: FieldIssue[] = [];
  const [material, category] = await Promise.all([
    tx.material.findUnique({ where: { id: materialId } }),
    categoryKey ? heldCategory(tx, categoryKey) : null,
  ]);
  if (!material) throw new NotFoundError('material', materialId);
  if (material.archivedAt) issues.push({ path: '/materialId', message: `"${material.label}" is archived.` });
  if (categoryKey && !category)
    issues.push({ path: '/categoryKey', message: `There is no category "${categoryKey}".` });
  if (category) issues.push(...notOffered('/categoryKey', category));
  if (partNamePattern !== null && (partNamePattern.length > 500 || foldName(partNamePattern) === ''))
    issues.push({ path: '/partNamePattern', message: 'Write up to 500 characters, for example *ring*.' });
  if (cadColor !== null && !MaterialRule.shape.cadColor.safeParse(cadColor).success)
    issues.push({ path: '/cadColor', message: 'A colour like #b8bcc2.' });
  if (partNamePattern === null && cadColor === null && !categoryKey)
    issues.push({ path: '', message: 'A rule needs a name pattern, a CAD colour or a category.' });
  if (priority != null && !(Number.isInteger(priority) && Math.abs(priority) <= MAX_PRIORITY))
    issues.push({ path: '/priority', message: `A whole number up to ${MAX_PRIORITY}.` });
  if (issues.length > 0) throw new ValidationError(`The rule does not fit: ${issues[0]!.message}`, issues);
  return { materialId, categoryKey: categoryKey || null, partNamePattern, cadColor };
}
