import { isInterfaceType, isObjectType } from 'graphql';
import { auditMutations } from './audit.js';
import { builder } from './builder.js';
import './scalars.js';
import './types/account.js';
import './types/artifact.js';
import './types/asset.js';
import './types/assetPublication.js';
import './types/auditEntry.js';
import './types/cadFile.js';
import './types/category.js';
import './types/createOrderLine.js';
import './types/environmentImage.js';
import './types/errors.js';
import './types/legacyImport.js';
import './types/legacyRun.js';
import './types/family.js';
import './types/legacySettings.js';
import './types/lookup.js';
import './types/material.js';
import './types/materialFiles.js';
import './types/materialPreview.js';
import './types/materialRule.js';
import './types/nodeDefinition.js';
import './types/nodeRun.js';
import './types/notification.js';
import './types/notificationDelivery.js';
import './types/order.js';
import './types/orderMutations.js';
import './types/outputType.js';
import './types/outputTypeDraft.js';
import './types/outputTypeMutations.js';
import './types/parityGate.js';
import './types/parityMutations.js';
import './types/parityReport.js';
import './types/preflight.js';
import './types/pricingTier.js';
import './types/product.js';
import './types/queue.js';
import './types/renderTemplate.js';
import './types/rollout.js';
import './types/run.js';
import './types/runChange.js';
import './types/runEvent.js';
import './types/runMutations.js';
import './types/splitWorkflow.js';
import './types/staleAsset.js';
import './types/viewer.js';
import './types/webhook.js';
import './types/webhookDelivery.js';
import './types/webhookMutations.js';
import './types/worker.js';
import './types/workflow.js';
import './types/workflowMutations.js';
import './types/workflowStarter.js';

/** The GraphQL schema of HartOMat. */
export const schema = auditMutations(builder.toSchema());

// The connection plugin leaves no other place to describe the field it adds.
for (const type of Object.values(schema.getTypeMap()))
  if (isObjectType(type) || isInterfaceType(type)) {
    const field = type.getFields().totalCount;
    if (field) field.description ??= 'How many rows the whole list has.';
  }
