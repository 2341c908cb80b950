import type { Prisma, PrismaClient } from '../generated/prisma/client.js';
import { type Beholder, seesStudio } from '../runtime/access/ownership.js';
import { containing } from './textFilter.js';

/** So few subjects are quicker to begin with than the newest run. */
const FEW = 500;

/** Runs with this text in the name of what they are about. Names of CAD files are the studio's: whoever may not read them does not find by
 * them either. */
export async function runsAbout(
  db: PrismaClient,
  who: Beholder | null,
  text: string | null | undefined,
): Promise<Prisma.RunWhereInput> {
  const name = containing(text);
  if (!name) return {};
  const page = { select: { id: true }, take: FEW + 1 } as const;
  const [cadFiles, lines, types] = await Promise.all([
    seesStudio(who) ? db.cadFile.findMany({ where: { name }, ...page }) : [],
    db.orderLine.findMany({ where: { product: { name } }, ...page }),
    db.outputType.findMany({ where: { name }, ...page }),
  ]);
  const among = (rows: readonly { id: string }[]) => ({ in: rows.map(({ id }) => id) });
  // One condition on another table, and the database would look at every run.
  if (types.length === 0 && cadFiles.length <= FEW && lines.length <= FEW)
    return { OR: [{ cadFileId: among(cadFiles) }, { orderLineId: among(lines) }] };
  return {
    OR: [
      ...(seesStudio(who) ? [{ cadFile: { name } }] : []),
      { orderLine: { product: { name } } },
      { orderLine: { outputType: { name } } },
    ],
  };
}
