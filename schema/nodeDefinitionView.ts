import type { Contract, Family } from '../modules/define.js';
import type { NodeDefinition } from '../workflow/nodeDefinition.js';

function ports(contract: Contract, side: 'input' | 'output') {
  return Object.entries(contract).map(([name, port]) => ({
    name,
    kind: port.kind,
    description: port.description,
    isRequired: port.required,
    takesMany: side === 'input' && port.many,
    givesMany: side === 'output' && port.many,
    roles: port.kind === 'artifact' ? port.roles : [],
    mediaTypes: port.kind === 'artifact' ? port.mediaTypes : [],
    schema: port.kind === 'data' ? port.schema : null,
    entrySlot: port.entry,
  }));
}

/** A node definition as the API shows it, over GraphQL and over `GET /api/workflows/node-definitions` alike. */
export function viewNodeDefinition({ step, module, label, description, category, icon, uiSchema }: NodeDefinition) {
  return {
    step,
    moduleKey: module.key,
    version: module.version,
    etag: module.etag,
    families: module.families as Family[],
    label,
    description,
    category,
    icon,
    inputContract: ports(module.inputContract, 'input'),
    outputContract: ports(module.outputContract, 'output'),
    paramSchema: module.paramSchema,
    uiSchema,
    defaults: module.defaults,
    artifactRolesConsumed: [...module.artifactRolesConsumed] as string[],
    artifactRolesProduced: [...module.artifactRolesProduced] as string[],
    legacySource: module.legacySource,
    capability: module.execution.capability,
    execution: {
      timeoutMs: module.execution.timeoutMs,
      retryAttempts: module.execution.retry.attempts,
      retryBackoffMs: module.execution.retry.backoffMs,
      determinism: module.execution.determinism,
    },
  };
}
export type NodeDefinitionView = ReturnType<typeof viewNodeDefinition>;
export type PortView = NodeDefinitionView['inputContract'][number];
