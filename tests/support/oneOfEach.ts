import { scopesOf } from '../../runtime/access/access.js';
import { createApiToken } from '../../runtime/access/accounts.js';
import type { Platform } from '../../runtime/platform.js';
import { createWebhook, pingWebhook } from '../../runtime/webhooks/webhooks.js';
import { encodeGlobalId, type NodeType } from '../../schema/globalId.js';
import { createCatalogue, createEndedRun } from './testData.js';

/** One of each kind that `node` knows: the catalogue, and what came of an order of the account, a partner's. @returns their ids. */
export async function createOneOfEach(platform: Platform, accountId: string): Promise<Record<NodeType, string>> {
  const { db } = platform;
  const catalogue = await createCatalogue(platform);
  const { order, line, outputType } = catalogue;
  await db.order.update({ where: { id: order.id }, data: { accountId } });
  const { runId } = await createEndedRun(platform, catalogue);
  const legacy = await createEndedRun(platform, catalogue);
  await db.run.updateMany({
    where: { id: { in: [runId, legacy.runId] } },
    data: { orderLineId: line.id, cadFileId: null },
  });
  const [asset, notification, material, template] = await Promise.all([
    db.asset.findFirstOrThrow({ where: { runId } }),
    db.notification.findFirstOrThrow({ where: { runId } }),
    db.material.findFirstOrThrow(),
    db.renderTemplate.findFirstOrThrow(),
  ]);
  const record = { runId, nodeId: 'mesh', channel: 'inbox', target: 'inbox', status: 'accepted', attempts: 1 } as const;
  const delivered = await db.notificationDelivery.create({ data: record });
  const rule = await db.materialRule.create({ data: { materialId: material.id, cadColor: '#00ff00', priority: 1 } });
  const report = await db.parityReport.create({
    data: { outputTypeId: outputType.id, legacyRunId: legacy.runId, graphRunId: runId },
  });
  const change = await db.rolloutChange.create({
    data: {
      outputTypeId: outputType.id,
      by: 'Somebody',
      before: 'legacy',
      after: 'shadow',
      shadowRate: 1,
      fallsBack: true,
    },
  });
  const image = await db.environmentImage.create({ data: { name: 'studio.hdr', artifactId: asset.artifactId } });
  const entry = await db.auditEntry.create({
    data: { actor: 'Somebody', accountId, mutation: 'createOrder', input: {}, outcome: 'ok', tookMs: 1 },
  });
  const { token } = await createApiToken(platform, { accountId, name: 'Shop' });
  const who = { accountId, scopes: scopesOf('partner') };
  const webhook = await createWebhook(platform, who, {
    ...{ name: 'Shop', url: 'https://shop.example', eventTypes: ['run.failed'] },
  });
  const local: Record<NodeType, string> = {
    Account: accountId,
    ApiToken: token.id,
    Artifact: asset.artifactId,
    Asset: asset.id,
    AuditEntry: entry.id,
    CadFile: catalogue.cadFile.id,
    Category: catalogue.category.id,
    EnvironmentImage: image.id,
    Material: material.id,
    MaterialRule: rule.id,
    NodeRun: `${runId}:1`,
    Notification: notification.id,
    NotificationDelivery: delivered.id,
    Order: order.id,
    OrderLine: line.id,
    OutputType: outputType.id,
    ParityReport: report.id,
    PricingTier: catalogue.tier.id,
    Product: catalogue.product.id,
    RenderTemplate: template.id,
    RolloutChange: change.id,
    Run: runId,
    Webhook: webhook.id,
    WebhookDelivery: await pingWebhook(platform, who, webhook.id),
    Workflow: catalogue.workflow.id,
    WorkflowVersion: catalogue.version.id,
  };
  return Object.fromEntries(
    Object.entries(local).map(([type, id]) => [type, encodeGlobalId(type as NodeType, id)]),
  ) as Record<NodeType, string>;
}
