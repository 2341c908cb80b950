import { z } from 'zod';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { createRule, deleteRule, MAX_RULES, reorderRules, updateRule } from '../../runtime/materials/rules.js';
import { builder } from '../builder.js';
import { encodeGlobalId, requireLocalId } from '../globalId.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey, onceFor } from './idempotencyKey.js';
import { MaterialNode } from './material.js';

const RuleNode = builder.prismaNode('MaterialRule', {
  id: { field: 'id' },
  nullable: true,
  description: 'Maps parts to a material. All conditions that are set must hold; the highest priority wins.',
  fields: (t) => ({
    priority: t.exposeInt('priority', {
      description: 'Higher wins. Two rules of equal priority on one part stop a run: nobody has decided.',
    }),
    categoryKey: t.exposeString('categoryKey', {
      nullable: true,
      description: 'Only for products of this category; null: all.',
    }),
    partNamePattern: t.exposeString('partNamePattern', {
      nullable: true,
      description: 'Glob on the part name, without regard to case: `*ring*`; null: any name.',
    }),
    cadColor: t.exposeString('cadColor', { nullable: true, description: 'STEP colour, sRGB hex; null: any.' }),
    material: t.relation('material', { type: MaterialNode, description: 'What the part is made of.' }),
  }),
});

builder.queryField('materialRules', (t) =>
  t.prismaField({
    authScopes: { view: true },
    type: [RuleNode],
    // Whole, because their order is what counts.
    description: `The mapping rules, strongest first; at most ${MAX_RULES.toLocaleString('en')}.`,
    complexity: { field: 1, multiplier: 20 },
    resolve: (query, _root, _args, ctx) =>
      ctx.db.materialRule.findMany({ ...query, orderBy: [{ priority: 'desc' }, { id: 'asc' }], take: MAX_RULES }),
  }),
);

const RuleInput = builder.inputType('MaterialRuleInput', {
  description: 'Conditions and material of a rule; at least one condition.',
  fields: (t) => ({
    materialId: t.id({ required: true, description: 'What the part is made of.' }),
    priority: t.int({ description: 'Higher wins; left out: above all others, or as before.' }),
    categoryKey: t.string({ description: 'Key of a product category.' }),
    partNamePattern: t.string({ description: 'Glob on the part name: `*ring*`, `{bolt,screw}*`.' }),
    cadColor: t.string({ description: 'STEP colour, sRGB hex.' }),
  }),
});

type Input = typeof RuleInput.$inferInput;
const contentOf = ({ materialId, ...rest }: Input) => ({ ...rest, materialId: requireLocalId('Material', materialId) });

const DeletedRule = builder.simpleObject('DeletedMaterialRule', {
  description: 'A rule that is gone.',
  fields: (t) => ({ id: t.id({ description: 'The id it had.', nullable: false }) }),
});

builder.mutationFields((t) => ({
  createMaterialRule: t.prismaField({
    authScopes: { author: true },
    type: RuleNode,
    description: 'Adds a mapping rule.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: {
      input: t.arg({ type: RuleInput, required: true, description: 'The rule.' }),
      idempotencyKey: t.arg.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
    },
    resolve: async (query, _root, { input, idempotencyKey }, ctx) => {
      const { id } = await onceFor(ctx, 'createMaterialRule', { ...input, idempotencyKey }, () =>
        createRule(ctx.platform, contentOf(input)),
      );
      const rule = await ctx.db.materialRule.findUnique({ ...query, where: { id } });
      if (!rule) throw new NotFoundError('material rule', encodeGlobalId('MaterialRule', id));
      return rule;
    },
  }),
  updateMaterialRule: t.prismaField({
    authScopes: { author: true },
    type: RuleNode,
    description: 'Replaces conditions and material of a rule.',
    errors: { types: [ValidationError, NotFoundError] },
    args: {
      id: t.arg.id({ required: true, description: 'Which rule.' }),
      input: t.arg({ type: RuleInput, required: true, description: 'What it says from now on.' }),
    },
    resolve: async (query, _root, args, ctx) => {
      const { id } = await updateRule(ctx.platform, requireLocalId('MaterialRule', args.id), contentOf(args.input));
      return ctx.db.materialRule.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  deleteMaterialRule: t.field({
    authScopes: { author: true },
    type: DeletedRule,
    description: 'Removes a mapping rule.',
    errors: { types: [NotFoundError] },
    args: { id: t.arg.id({ required: true, description: 'Which rule.' }) },
    resolve: async (_root, { id }, ctx) => {
      await deleteRule(ctx.platform, requireLocalId('MaterialRule', id));
      return { id: String(id) };
    },
  }),
  reorderMaterialRules: t.field({
    authScopes: { author: true },
    type: builder.simpleObject('MaterialRuleOrder', {
      description: 'The rules in their new order.',
      fields: (f) => ({
        rules: f.field({ type: [RuleNode], description: 'Strongest first.', nullable: false }),
      }),
    }),
    description: 'Gives every rule a priority of its own, the first the highest.',
    errors: { types: [NotFoundError, ConflictError, ValidationError] },
    args: {
      ids: t.arg.idList({
        required: true,
        description: 'All rules, strongest first.',
        validate: z.array(z.string()).max(MAX_RULES, `At most ${MAX_RULES} rules.`),
      }),
    },
    resolve: async (_root, { ids }, ctx) => {
      await reorderRules(
        ctx.platform,
        ids.map((id) => requireLocalId('MaterialRule', id)),
      );
      return { rules: await ctx.db.materialRule.findMany({ orderBy: [{ priority: 'desc' }, { id: 'asc' }] }) };
    },
  }),
}));
