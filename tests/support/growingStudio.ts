import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Platform } from '../../runtime/platform.js';
import { type Catalogue, createEndedRun } from './testData.js';

let count = 0;

/** One more of everything that lists show, each with what hangs on it. */
export async function growStudio(platform: Platform, catalogue: Catalogue): Promise<void> {
  const { db } = platform;
  const n = ++count;
  const { category, tier, workflow, cadFile } = catalogue;
  const account = await db.account.create({
    data: {
      name: `Partner ${n}`,
      role: 'partner',
      tokens: {
        create: {
          name: 'shop',
          prefix: 'hm',
          tokenHash: createHash('sha256').update(`${n}`).digest('hex'),
          scopes: [],
        },
      },
    },
  });
  await db.material.create({
    data: { name: `material_${n}`, label: 'Material', spec: {}, rules: { create: { priority: n } } },
  });
  await db.renderTemplate.create({ data: { name: `template_${n}`, label: 'Template', spec: {} } });
  const file = await db.cadFile.create({ data: { name: `part-${n}.step`, artifactId: cadFile.artifactId } });
  const product = await db.product.create({
    data: { sku: `SKU-${n}`, name: 'Part', categoryId: category.id, cadFileId: file.id },
  });
  const own = await db.workflow.create({
    data: {
      key: `workflow_${n}`,
      name: 'Workflow',
      family: 'cad_file',
      draft: workflow.draft as object,
      versions: { create: { number: 1, graph: workflow.draft as object, note: 'First' } },
    },
    include: { versions: true },
  });
  const outputType = await db.outputType.create({
    data: {
      key: `type_${n}`,
      name: 'Type',
      family: 'order_line',
      artifactKind: 'still_image',
      pricingTierId: tier.id,
      categories: { connect: { id: category.id } },
    },
  });
  const order = await db.order.create({
    data: {
      accountId: account.id,
      lines: { create: { lineNumber: 1, productId: product.id, outputTypeId: outputType.id } },
    },
    include: { lines: true },
  });
  const mine = { ...catalogue, product, workflow: own, version: own.versions[0]!, outputType, line: order.lines[0]! };
  const [first, second] = [await createEndedRun(platform, mine), await createEndedRun(platform, mine)];
  await db.notificationDelivery.create({
    data: {
      runId: first.runId,
      nodeId: 'mesh',
      channel: 'webhook',
      target: 'https://a.example',
      status: 'delivered',
      attempts: 1,
    },
  });
  await db.webhook.create({
    data: {
      accountId: account.id,
      name: `Webhook ${n}`,
      url: 'https://a.example',
      eventTypes: ['run.failed'],
      ownOnly: true,
      secrets: { create: { secret: 'whsec_AAAA', endsAt: new Date(Date.now() + 3_600_000) } },
      deliveries: {
        create: {
          eventId: uuidv7(),
          eventType: 'run.failed',
          body: '{}',
          attempts: { create: { number: 1, tookMs: 5, responseCode: 500 } },
        },
      },
    },
  });
  await db.parityReport.create({
    data: { outputTypeId: outputType.id, legacyRunId: first.runId, graphRunId: second.runId },
  });
  await db.worker.create({ data: { id: uuidv7(), host: `host-${n}`, pid: n, capabilities: ['cpu'] } });
  await db.auditEntry.create({
    data: { actor: 'Test', accountId: account.id, mutation: 'createOrder', input: {}, outcome: 'ok', tookMs: n },
  });
}
