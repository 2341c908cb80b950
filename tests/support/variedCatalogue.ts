import { v7 as uuidv7 } from 'uuid';
import type { OutputType } from '../../generated/prisma/client.js';
import {
  Family,
  OrderState,
  ParityStatus,
  Rollout,
  RunMode,
  RunStatus,
  Visibility,
  WebhookDeliveryStatus,
} from '../../generated/prisma/enums.js';
import type { Platform } from '../../runtime/platform.js';
import { WEBHOOK_EVENTS } from '../../runtime/webhooks/eventTypes.js';
import { createMember } from './members.js';
import { CAD_GRAPH, createCatalogue } from './testData.js';

/** Rows of each list. */
const ROWS = 36;
const numbers = Array.from({ length: ROWS }, (_, n) => n);

/** Every list with rows that differ in all that they can be chosen by, in many combinations: choosing by two things at once gives
 * fewer than by either. Of the orders, some are the partners'. */
export async function createVariedCatalogue(platform: Platform) {
  const { db } = platform;
  const { cadFile, workflow } = await createCatalogue(platform);
  const { artifactId } = cadFile;
  const partners = [await createMember(platform, 'partner'), await createMember(platform, 'partner')];
  const others = [await createMember(platform, 'artist'), await createMember(platform, 'viewer')];
  const accounts = [...partners, ...others].map(({ account }) => account);
  await db.account.update({ where: { id: others[1]!.account.id }, data: { disabledAt: day(1) } });

  // Each subject goes round at its own pace, so that every pair of values meets.
  const categories = await db.category.createManyAndReturn({
    data: numbers.map((n) => ({ key: `group_${n % 10}${n}`, label: text(n), archivedAt: everyOther(n, day(1)) })),
  });
  await db.pricingTier.createMany({
    data: numbers.map((n) => ({
      ...{ key: `tier_${n}`, label: text(n), currency: 'EUR', unitPriceCents: n % 5 },
      archivedAt: everyOther(n, day(1)),
    })),
  });
  await db.material.createMany({
    data: numbers.map((n) => ({ name: `m${n}`, label: text(n), spec: {}, archivedAt: everyOther(n, day(1)) })),
  });
  await db.renderTemplate.createMany({
    data: numbers.map((n) => ({ name: `t${n}`, label: text(n), spec: {}, archivedAt: everyOther(n, day(1)) })),
  });
  await db.environmentImage.createMany({
    data: numbers.map((n) => ({ name: `${n} ${text(n)}.hdr`, artifactId, archivedAt: everyOther(n, day(1)) })),
  });
  const cadFiles = await db.cadFile.createManyAndReturn({
    data: numbers.map((n) => ({ name: text(n), artifactId, createdAt: day(n) })),
  });
  const products = await db.product.createManyAndReturn({
    data: numbers.map((n) => ({
      ...{ sku: `${n}`, name: text(n), createdAt: day(n) },
      categoryId: of(n, 3, [categories[0]!.id, categories[1]!.id, null]),
      cadFileId: of(n, 2, [cadFiles[0]!.id, cadFiles[1]!.id]),
    })),
  });
  const workflows = await db.workflow.createManyAndReturn({
    data: numbers.map((n) => ({
      ...{ key: `w${n}`, name: text(n), draft: CAD_GRAPH as object },
      family: of(n, 3, Object.values(Family)),
      archivedAt: everyOther(n, day(1)),
    })),
  });
  const outputTypes: OutputType[] = [];
  for (const n of numbers)
    outputTypes.push(
      await db.outputType.create({
        data: {
          ...{ key: `o${n}`, name: text(n), artifactKind: 'still_image', sortOrder: n % 4 },
          family: of(n, 3, Object.values(Family)),
          rollout: of(n, 2, Object.values(Rollout)),
          visibility: of(n, 5, Object.values(Visibility)),
          workflowId: of(n, 4, [workflow.id, null]),
          categories: { connect: of(n, 6, [[{ id: categories[0]!.id }], [{ id: categories[1]!.id }]]) },
          archivedAt: everyOther(n, day(1)),
        },
      }),
    );

  const orders: string[] = [];
  const lines: string[] = [];
  const runs: string[] = [];
  await db.runPlan.create({
    data: { hash: 'varied', graph: CAD_GRAPH as object, plan: { family: 'cad_file', nodes: [] } },
  });
  for (const n of numbers) {
    const order = await db.order.create({
      data: {
        ...{ reference: text(n), createdAt: day(n) },
        accountId: of(n, 1, [partners[0]!.account.id, partners[1]!.account.id, null]),
        lines: {
          create: { lineNumber: 1, productId: products[n % 4]!.id, outputTypeId: of(n, 2, outputTypes).id },
        },
      },
      include: { lines: true },
    });
    orders.push(order.id);
    lines.push(order.lines[0]!.id);
    if (n % 7 === 6) await db.orderLine.update({ where: { id: lines[n]! }, data: { cancelledAt: day(n) } });
  }
  const common = { planHash: 'varied', entry: {}, openNodes: 0 };
  for (const n of numbers) {
    const id = uuidv7();
    const isOfLine = n % 3 !== 0;
    runs.push(id);
    await db.run.create({
      data: {
        ...{ ...common, id, createdAt: day(n), workflowId: of(n, 4, [workflow.id, workflows[0]!.id]) },
        family: isOfLine ? 'order_line' : 'cad_file',
        status: of(n, 5, Object.values(RunStatus)),
        mode: of(n, 2, Object.values(RunMode)),
        finishedAt: everyOther(n, day(n)),
        ...(isOfLine ? { orderLineId: lines[Math.floor(n / 2)]! } : { cadFileId: cadFiles[n % 4]!.id }),
        notifications: {
          create: { nodeId: 'x', title: text(n), body: '', createdAt: day(n), readAt: everyOther(n, day(n)) },
        },
        deliveries: {
          create: {
            ...{ nodeId: 'x', target: 'x', attempts: 1, createdAt: day(n), updatedAt: day(ROWS - n) },
            channel: of(n, 2, ['inbox', 'webhook', 'email', '']),
            status: of(n, 3, ['accepted', 'retrying', 'failed']),
          },
        },
      },
    });
  }
  for (const n of numbers)
    await db.asset.create({
      data: {
        ...{ runId: runs[n]!, nodeId: 'x', artifactId, name: of(n, 3, ['Blue.png', 'Red.png']), publishedAt: day(n) },
        kind: of(n, 2, ['still_image', 'glb_model']),
        productId: products[n % 4]!.id,
        outputTypeId: of(n, 5, outputTypes).id,
        orderLineId: lines[n % 6]!,
      },
    });
  // Of a template that has changed since.
  await db.templateChoice.createMany({
    data: runs.filter((_, n) => n % 3 === 1).map((runId) => ({ runId, name: 't1', version: 2 })),
  });
  await db.parityReport.createMany({
    data: numbers.map((n) => ({
      outputTypeId: of(n, 3, outputTypes.slice(0, 3)).id,
      legacyRunId: runs[n]!,
      graphRunId: runs[(n + 1) % ROWS]!,
      status: of(n, 2, Object.values(ParityStatus)),
      createdAt: day(n),
    })),
  });
  await db.rolloutChange.createMany({
    data: numbers.map((n) => ({
      ...({ outputTypeId: outputTypes[0]!.id, by: 'x', before: 'legacy', after: 'shadow', at: day(n % 3) } as const),
      ...{ shadowRate: 1, fallsBack: false },
    })),
  });
  await db.auditEntry.createMany({
    data: numbers.map((n) => ({
      ...{ at: day(n), input: {}, tookMs: 1, actor: of(n, 2, ['Anna', 'Bert']) },
      accountId: of(n, 3, accounts).id,
      mutation: of(n, 1, ['createOrder', 'createToken', 'signOut']),
      outcome: of(n, 4, ['ok', 'FORBIDDEN', 'CONFLICT']),
    })),
  });
  await db.apiToken.createMany({
    data: numbers.map((n) => ({
      ...{ name: text(n), prefix: 'hm', tokenHash: `${n}`, scopes: [], createdAt: day(n) },
      accountId: of(n, 1, accounts).id,
      revokedAt: everyOther(n, day(n)),
      expiresAt: of(n, 3, [day(n), new Date('2999-01-01T00:00:00Z'), null]),
    })),
  });
  const webhooks = await db.webhook.createManyAndReturn({
    data: numbers.map((n) => ({
      ...{ name: text(n), url: `https://${n % 7}.example`, eventTypes: [], ownOnly: true, createdAt: day(n) },
      accountId: of(n, 1, accounts).id,
      disabledAt: everyOther(n, day(n)),
    })),
  });
  await db.webhookDelivery.createMany({
    data: numbers.map((n) => ({
      ...{ webhookId: webhooks[n % 5]!.id, eventId: uuidv7(), body: '{}', createdAt: day(n) },
      eventType: of(n, 2, Object.keys(WEBHOOK_EVENTS)),
      status: of(n, 3, Object.values(WebhookDeliveryStatus)),
    })),
  });
  await db.workflowVersion.createMany({
    data: numbers.map((n) => ({ workflowId: workflows[0]!.id, number: n + 1, graph: CAD_GRAPH as object })),
  });
  return {
    partners,
    accounts,
    categories,
    cadFiles,
    products,
    workflow,
    workflows,
    outputTypes,
    orders,
    lines,
    runs,
    webhooks,
  };
}
export type VariedCatalogue = Awaited<ReturnType<typeof createVariedCatalogue>>;

/** The states of orders that it has. */
export const STATES: readonly OrderState[] = [OrderState.running, OrderState.cancelled];

/** One of these, the next one after so many rows. */
function of<T>(n: number, rows: number, values: readonly T[]): T {
  return values[Math.floor(n / rows) % values.length]!;
}
const everyOther = <T>(n: number, value: T): T | null => (n % 2 ? value : null);
const text = (n: number): string => of(n, 1, ['Deep groove', 'deep water', 'Thrust', 'Needle']);
/** A day of a January, from 1. */
export const day = (n: number): Date => new Date(Date.UTC(2026, 0, 1 + n));
