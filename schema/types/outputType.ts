import { builder } from '../builder.js';
import { localId } from '../globalId.js';
import { FamilyEnum, RolloutEnum, VisibilityEnum } from './enums.js';

export const OutputTypeNode = builder.prismaNode('OutputType', {
  id: { field: 'id' },
  nullable: true,
  description: 'What is sold: the invocation profile of a workflow.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Stable key.' }),
    name: t.exposeString('name', { description: 'Name for people.' }),
    description: t.exposeString('description', { description: 'What the customer gets; may be empty.' }),
    visibility: t.expose('visibility', { type: VisibilityEnum, description: 'Who may see it.' }),
    sortOrder: t.exposeInt('sortOrder', { description: 'Smaller comes first.' }),
    family: t.expose('family', { type: FamilyEnum, description: 'Family of its workflow.' }),
    workflow: t.relation('workflow', {
      nullable: true,
      description: 'The workflow it runs; null: the legacy pipeline.',
    }),
    artifactKind: t.exposeString('artifactKind', {
      description: 'What the customer receives, for example `still_image`.',
    }),
    contract: t.field({
      type: 'JSON',
      description:
        'What a delivered file must be beside its kind: mediaTypes, minBytes, maxBytes, widthPx, heightPx, transparent, count.',
      resolve: (outputType) => outputType.contract,
    }),
    overrides: t.field({
      type: 'JSON',
      description: 'Param overrides by param name, for every node that has the param.',
      resolve: (outputType) => outputType.overrides,
    }),
    pricingTier: t.relation('pricingTier', { nullable: true, description: 'What one piece costs.' }),
    rollout: t.expose('rollout', { type: RolloutEnum, description: 'Which way it is produced.' }),
    categories: t.relation('categories', {
      description: 'Product categories it is for; none: all.',
      query: { orderBy: { label: 'asc' } },
    }),
  }),
});

builder.queryFields((t) => ({
  outputTypes: t.prismaConnection({
    type: 'OutputType',
    cursor: 'id',
    description: 'Output types in the order they are offered.',
    args: { family: t.arg({ type: FamilyEnum, description: 'Only those of this family.' }) },
    totalCount: (_root, { family }, ctx) => ctx.db.outputType.count({ where: { family: family ?? undefined } }),
    resolve: (query, _root, { family }, ctx) =>
      ctx.db.outputType.findMany({
        ...query,
        where: { family: family ?? undefined },
        orderBy: [{ sortOrder: 'asc' }, { id: 'asc' }],
      }),
  }),
  outputType: t.prismaField({
    type: 'OutputType',
    nullable: true,
    description: 'One output type, or null.',
    args: { id: t.arg.id({ required: true, description: 'Id of an output type.' }) },
    resolve: (query, _root, { id }, ctx) =>
      ctx.db.outputType.findUnique({ ...query, where: { id: localId('OutputType', id) } }),
  }),
}));
