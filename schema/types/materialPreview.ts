import { GraphQLError } from 'graphql';
import { z } from 'zod';
import { MATERIAL_SOURCES, type MaterialSource } from '../../modules/shapes/materials.js';
import { NotFoundError, ValidationError } from '../../runtime/errors.js';
import { previewOf, setProductMaterials } from '../../runtime/materials/preview.js';
import { builder } from '../builder.js';
import { encodeGlobalId, localId, requireLocalId } from '../globalId.js';

const SOURCE_DESCRIPTIONS: Record<MaterialSource, string> = {
  order_line: 'The order line names it.',
  override: 'A param of the workflow or the output type names it.',
  product: 'A person chose it for the product.',
  rule: 'A mapping rule.',
  cad_color: 'Nobody decided: the colour of the CAD file.',
  default: 'Nobody decided: the default material.',
};
const SourceEnum = builder.enumType('MaterialSource', {
  description: 'What decides the material of a part, strongest first.',
  values: Object.fromEntries(
    MATERIAL_SOURCES.map((source) => [source, { value: source, description: SOURCE_DESCRIPTIONS[source] }]),
  ) as { [S in MaterialSource]: { value: S; description: string } },
});

const PartObject = builder.simpleObject('MaterialPreviewPart', {
  description: 'A part and what it would be made of.',
  fields: (t) => ({
    partId: t.string({ description: 'Stable within the content of the file.', nullable: false }),
    partName: t.string({ description: 'Its name in the CAD file.', nullable: false }),
    instanceCount: t.int({ description: 'How often it occurs.', nullable: false }),
    cadColor: t.string({ description: 'STEP colour, sRGB hex; null: none, or several.', nullable: true }),
    source: t.field({ type: SourceEnum, description: 'What decides.', nullable: false }),
    material: t.string({ description: 'Name of the material; null: none of the library.', nullable: true }),
    ruleId: t.id({ description: 'The rule that decides.', nullable: true }),
    fittingRuleIds: t.idList({
      description: 'All rules that fit, strongest first, whether they decide or not.',
      nullable: false,
    }),
    reason: t.string({ description: 'The deciding rule in words.', nullable: true }),
    confidence: t.float({ description: 'How far the rule can be trusted, 0..1.', nullable: true }),
  }),
});

const ProblemObject = builder.simpleObject('MaterialProblem', {
  description: 'Something that would stop `materials.resolve_map`.',
  fields: (t) => ({
    code: t.string({ description: 'RULE_CONFLICT, PART_UNKNOWN, MATERIAL_UNKNOWN, …', nullable: false }),
    message: t.string({ description: 'One sentence for people.', nullable: false }),
    partName: t.string({ description: 'The part it is about.', nullable: true }),
  }),
});

const PreviewObject = builder.simpleObject('MaterialPreview', {
  description: 'What the library as it is now decides for the parts of a CAD file.',
  fields: (t) => ({
    parts: t.field({ type: [PartObject], description: 'Every part once.', nullable: false }),
    unmapped: t.stringList({ description: 'Names of parts that nobody and no rule has decided on.', nullable: false }),
    problems: t.field({ type: [ProblemObject], description: 'What has to be put right.', nullable: false }),
  }),
});

builder.queryField('materialPreview', (t) =>
  t.field({
    authScopes: { view: true },
    type: PreviewObject,
    nullable: true,
    description:
      'Materials of a product, or of a CAD file without one: exactly one of the arguments. Null where no run has listed the parts of the file yet.',
    complexity: { field: 1, multiplier: 10 },
    args: {
      cadFileId: t.arg.id({ description: 'A CAD file.' }),
      productId: t.arg.id({ description: 'A product.' }),
    },
    resolve: async (_root, { cadFileId, productId }, ctx) => {
      if (Boolean(cadFileId) === Boolean(productId))
        throw new GraphQLError('Give exactly one of cadFileId and productId.', {
          extensions: { code: 'BAD_USER_INPUT' },
        });
      const subject = productId
        ? { productId: localId('Product', productId) }
        : { cadFileId: localId('CadFile', cadFileId!) };
      const preview = await previewOf(ctx.platform, subject).catch((error: unknown) => {
        if (error instanceof NotFoundError) return null;
        throw error;
      });
      const ruleId = (id: string) => encodeGlobalId('MaterialRule', id);
      return (
        preview && {
          ...preview,
          parts: preview.parts.map((part) => ({
            ...part,
            ruleId: part.ruleId && ruleId(part.ruleId),
            fittingRuleIds: part.fittingRuleIds.map(ruleId),
          })),
        }
      );
    },
  }),
);

const SetProductMaterialsInput = builder.inputType('SetProductMaterialsInput', {
  description: 'What a product is made of.',
  fields: (t) => ({
    productId: t.id({ required: true, description: 'The product.' }),
    materials: t.field({
      type: 'JSON',
      required: true,
      description:
        'Part name → material name; takes the place of what was chosen before. Parts left out go by the rules.',
      validate: z
        .record(z.string(), z.string('A material name.'), 'An object of part names and material names.')
        .refine((table) => Object.keys(table).length <= 10_000, 'At most 10,000 parts.'),
    }),
  }),
});

builder.mutationField('setProductMaterials', (t) =>
  t.prismaField({
    authScopes: { author: true },
    type: 'Product',
    description: 'Sets the materials a person has chosen for a product. They win over all rules.',
    errors: { types: [ValidationError, NotFoundError] },
    args: { input: t.arg({ type: SetProductMaterialsInput, required: true, description: 'The choice.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const id = requireLocalId('Product', input.productId);
      await setProductMaterials(ctx.platform, id, input.materials as Record<string, string>);
      return ctx.db.product.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
);
