import type { Contract, Family } from '../modules/define.js';
import { isOfFamily, type NodeDefinition } from '../workflow/nodeDefinition.js';
import { NODE_DEFINITIONS } from '../workflow/nodeDefinitions.js';

function ports(contract: Contract) {
  return Object.entries(contract).map(([name, port]) => ({
    name,
    kind: port.kind,
    description: port.description,
    isRequired: port.required,
    takesMany: port.many,
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
    families: module.families as Family[],
    label,
    description,
    category,
    icon,
    inputContract: ports(module.inputContract),
    outputContract: ports(module.outputContract),
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

/** All node definitions, or those that may be placed in workflows of `family`. */
export function viewNodeDefinitions(family?: Family): NodeDefinitionView[] {
  const definitions = Object.values(NODE_DEFINITIONS);
  return definitions.filter((definition) => !family || isOfFamily(definition, family)).map(viewNodeDefinition);
}
