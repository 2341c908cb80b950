import { definitionsOfFamily } from '../../workflow/nodeDefinition.js';
import { builder } from '../builder.js';
import { type NodeDefinitionView, type PortView, viewNodeDefinition } from '../nodeDefinitionView.js';
import { CapabilityEnum, DeterminismEnum, FamilyEnum, PortKindEnum } from './enums.js';

const PortObject = builder.objectRef<PortView>('Port').implement({
  description: 'A named input or output of a node.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name, unique among the inputs or the outputs.' }),
    kind: t.expose('kind', { type: PortKindEnum, description: 'What it carries.' }),
    description: t.exposeString('description', { description: 'What it is for.' }),
    isRequired: t.exposeBoolean('isRequired', {
      description: 'Inputs: must be bound. Outputs: always there.',
    }),
    takesMany: t.exposeBoolean('takesMany', { description: 'Inputs: takes any number of connections.' }),
    givesMany: t.exposeBoolean('givesMany', {
      description: 'Outputs: a list of values, which only inputs that take many accept.',
    }),
    roles: t.exposeStringList('roles', {
      description: 'Artifact ports: an input takes any of these roles, an output gives one of them.',
    }),
    mediaTypes: t.exposeStringList('mediaTypes', { description: 'Artifact ports: IANA media types.' }),
    schema: t.expose('schema', {
      type: 'JSON',
      nullable: true,
      description: 'Data ports: JSON Schema (draft-7) of the data.',
    }),
    entrySlot: t.exposeString('entrySlot', {
      nullable: true,
      description: "Slot of the run's entry that fills the port when nothing is connected to it.",
    }),
  }),
});

const NodeExecutionObject = builder.objectRef<NodeDefinitionView['execution']>('NodeExecution').implement({
  description: 'How a module runs unless a node says otherwise.',
  fields: (t) => ({
    timeoutMs: t.exposeInt('timeoutMs', { description: 'Time limit of one attempt, in milliseconds.' }),
    retryAttempts: t.exposeInt('retryAttempts', { description: 'Attempts in all.' }),
    retryBackoffMs: t.exposeInt('retryBackoffMs', {
      description: 'Wait before the second attempt, in milliseconds; doubles with each further one.',
    }),
    determinism: t.expose('determinism', { type: DeterminismEnum, description: 'Whether results are used again.' }),
  }),
});

const NodeDefinitionObject = builder.objectRef<NodeDefinitionView>('NodeDefinition').implement({
  description: 'A production module as graphs and editors see it.',
  fields: (t) => ({
    step: t.exposeString('step', { description: 'Stable key, stored in workflow graphs.' }),
    moduleKey: t.exposeString('moduleKey', { description: 'The production module behind it, `<group>.<name>`.' }),
    version: t.exposeInt('version', {
      description: 'Version of the module. Editors store it as `version` of the nodes they place; 1 may be left out.',
    }),
    etag: t.exposeString('etag', {
      description: "Fingerprint (sha-256) of the module's contract: another one as soon as anything of it changes.",
    }),
    families: t.expose('families', { type: [FamilyEnum], description: 'Families of workflows it may be placed in.' }),
    label: t.exposeString('label', { description: 'Name for people.' }),
    description: t.exposeString('description', { description: 'What it does, for people.' }),
    category: t.exposeString('category', { description: 'Key of its group in the palette.' }),
    icon: t.exposeString('icon', { description: 'Name of its icon.' }),
    inputContract: t.expose('inputContract', { type: [PortObject], description: 'Its inputs.' }),
    outputContract: t.expose('outputContract', { type: [PortObject], description: 'Its outputs.' }),
    paramSchema: t.expose('paramSchema', { type: 'JSON', description: 'JSON Schema (draft-7) of its params.' }),
    uiSchema: t.expose('uiSchema', { type: 'JSON', description: 'JSONForms UI schema of its settings panel.' }),
    defaults: t.expose('defaults', { type: 'JSON', description: 'Value of every param that nobody set.' }),
    artifactRolesConsumed: t.exposeStringList('artifactRolesConsumed', { description: 'Roles its inputs take.' }),
    artifactRolesProduced: t.exposeStringList('artifactRolesProduced', { description: 'Roles its outputs give.' }),
    legacySource: t.exposeString('legacySource', {
      nullable: true,
      description: 'The step of the old pipeline that it replaces.',
    }),
    capability: t.expose('capability', { type: CapabilityEnum, description: 'What a worker must have to run it.' }),
    execution: t.expose('execution', { type: NodeExecutionObject, description: 'How it runs.' }),
  }),
});

builder.queryFields((t) => ({
  nodeDefinitions: t.field({
    authScopes: { view: true },
    type: [NodeDefinitionObject],
    description: 'Everything that can be placed in a workflow. Also at `GET /api/workflows/node-definitions`.',
    args: { family: t.arg({ type: FamilyEnum, description: 'Only what may be placed in this family.' }) },
    resolve: (_root, { family }, { platform }) =>
      definitionsOfFamily(platform.nodeDefinitions, family ?? undefined).map(viewNodeDefinition),
  }),
  nodeDefinition: t.field({
    authScopes: { view: true },
    type: NodeDefinitionObject,
    nullable: true,
    description: 'One node definition, or null.',
    args: { step: t.arg.string({ required: true, description: 'Its stable key.' }) },
    resolve: (_root, { step }, { platform }) => {
      const definition = platform.nodeDefinitions.find((one) => one.step === step);
      return definition ? viewNodeDefinition(definition) : null;
    },
  }),
}));
