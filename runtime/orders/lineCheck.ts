import type { OutputType, Prisma, Product } from '../../generated/prisma/client.js';
import type { JsonObject } from '../../modules/json.js';
import { ArtifactContract } from '../../modules/shapes/artifactContract.js';
import { callerIssues } from '../../workflow/callerParams.js';
import { contractIssues, deliverables } from '../../workflow/deliverables.js';
import { familyDefinition, RUN_SUBJECTS } from '../../workflow/families.js';
import { pointer } from '../../workflow/finding.js';
import { resolveParams } from '../../workflow/invocation.js';
import { outputTypeOverrides } from '../../workflow/legacy/invocation.js';
import { type Beholder, visibleOutputTypes } from '../access/ownership.js';
import type { FieldIssue } from '../errors.js';
import { formOf, graphOf, type RunnableOutputType, WITH_GRAPH } from '../outputTypes/form.js';
import { OrderConstraints } from '../outputTypes/profile.js';
import type { Platform } from '../platform.js';

const MAX_QUANTITY = 10_000;

/** A product in an output type. */
export interface LineRequest {
  /** Null: what was sent is the id of no product. */
  productId: string | null;
  /** Null: what was sent is the id of no output type. */
  outputTypeId: string | null;
  quantity?: number | null;
  /** What callers of the output type may set, by param name. */
  options?: JsonObject | null;
  /** Part name → material name. */
  materialOverrides?: JsonObject | null;
}

/** The columns of a line that fits, its price frozen. */
export type LineColumns = Pick<
  Prisma.OrderLineUncheckedCreateInput,
  'productId' | 'outputTypeId' | 'quantity' | 'options' | 'materialOverrides' | 'unitPriceCents' | 'currency'
>;

const LINE_OUTPUT_TYPE = {
  ...WITH_GRAPH,
  pricingTier: true,
  categories: { select: { id: true, label: true } },
} satisfies Prisma.OutputTypeInclude;
type LineOutputType = Prisma.OutputTypeGetPayload<{ include: typeof LINE_OUTPUT_TYPE }>;

/** Checks lines against the library as it is now, with four queries however many there are.
 * @param buyer - partners are offered only what is public.
 * @param pathOf - where a line is in what was sent, as a JSON pointer.
 * @returns the columns of all lines where there are no issues. */
export async function checkLines(
  platform: Pick<Platform, 'db' | 'definition'>,
  lines: readonly LineRequest[],
  buyer: Beholder,
  pathOf: (position: number) => string,
): Promise<{ columns: LineColumns[]; issues: FieldIssue[] }> {
  const named = [...new Set(lines.flatMap(({ materialOverrides }) => Object.values(materialOverrides ?? {})))];
  const [products, outputTypes, materials] = await Promise.all([
    platform.db.product.findMany({ where: { id: { in: given(lines, 'productId') } } }),
    platform.db.outputType.findMany({
      where: { id: { in: given(lines, 'outputTypeId') }, ...visibleOutputTypes(buyer) },
      include: LINE_OUTPUT_TYPE,
    }),
    platform.db.material.findMany({
      where: { name: { in: named.filter((name): name is string => typeof name === 'string') } },
      select: { name: true },
    }),
  ]);
  const productById = new Map<string | null, Product>(products.map((product) => [product.id, product]));
  const typeById = new Map<string | null, LineOutputType>(outputTypes.map((outputType) => [outputType.id, outputType]));
  const known = new Set(materials.map(({ name }) => name));
  const issues: FieldIssue[] = [];
  const columns = lines.flatMap((line, position) => {
    const product = productById.get(line.productId);
    const outputType = typeById.get(line.outputTypeId);
    const wrong =
      product && outputType
        ? lineIssues(platform, product, outputType, line, known)
        : [...missing({ product, outputType }), ...quantityIssues(line.quantity ?? 1)];
    for (const { path, message } of wrong) issues.push({ path: pathOf(position) + path, message });
    if (!product || !outputType) return [];
    return {
      productId: product.id,
      outputTypeId: outputType.id,
      quantity: line.quantity ?? 1,
      options: (line.options ?? {}) as Prisma.InputJsonObject,
      materialOverrides: (line.materialOverrides ?? {}) as Prisma.InputJsonObject,
      unitPriceCents: outputType.pricingTier?.unitPriceCents ?? null,
      currency: outputType.pricingTier?.currency ?? null,
    };
  });
  return { columns, issues };
}

const given = (lines: readonly LineRequest[], name: 'productId' | 'outputTypeId') =>
  lines.map((line) => line[name]).filter((id) => id !== null);

const missing = ({ product, outputType }: { product?: Product; outputType?: LineOutputType }): FieldIssue[] => [
  ...(product ? [] : [{ path: '/productId', message: 'There is no such product.' }]),
  ...(outputType ? [] : [{ path: '/outputTypeId', message: 'There is no such output type.' }]),
];

function lineIssues(
  platform: Pick<Platform, 'definition'>,
  product: Product,
  outputType: LineOutputType,
  { quantity, options, materialOverrides }: LineRequest,
  knownMaterials: ReadonlySet<string>,
): FieldIssue[] {
  return [
    ...offerIssues(product, outputType),
    ...quantityIssues(quantity ?? 1),
    ...materialIssues(materialOverrides ?? {}, knownMaterials, outputType),
    ...optionIssues(platform, outputType, options ?? {}),
  ];
}

function offerIssues(product: Product, outputType: LineOutputType): FieldIssue[] {
  const { name, family, archivedAt, visibility, categories } = outputType;
  const { subject } = familyDefinition(family);
  if (subject !== 'orderLine') {
    const message = `“${name}” cannot be ordered: it is made once for ${RUN_SUBJECTS[subject].one}.`;
    return [{ path: '/outputTypeId', message }];
  }
  if (archivedAt || visibility === 'hidden')
    return [{ path: '/outputTypeId', message: `“${name}” is not offered any more.` }];
  if (categories.length === 0 || categories.some(({ id }) => id === product.categoryId)) return [];
  const labels = categories.map(({ label }) => label).join(', ');
  return [{ path: '/productId', message: `“${name}” is for ${labels}; “${product.name}” is not one of them.` }];
}

function quantityIssues(quantity: number): FieldIssue[] {
  const isFine = Number.isInteger(quantity) && quantity >= 1 && quantity <= MAX_QUANTITY;
  return isFine ? [] : [{ path: '/quantity', message: `Order between 1 and ${MAX_QUANTITY} pieces.` }];
}

function materialIssues(
  overrides: JsonObject,
  known: ReadonlySet<string>,
  { name, constraints }: LineOutputType,
): FieldIssue[] {
  const { materials: allowed } = OrderConstraints.parse(constraints);
  return Object.entries(overrides).flatMap(([part, material]) => {
    const path = pointer('materialOverrides', part);
    if (typeof material !== 'string' || !known.has(material))
      return [{ path, message: `There is no material "${String(material)}" in the library.` }];
    if (allowed.length > 0 && !allowed.includes(material))
      return [{ path, message: `“${name}” comes in ${allowed.join(', ')} only.` }];
    return [];
  });
}

/** What may not be set, what is out of bounds, what does not go together, and what the contract would not let through. */
function optionIssues(
  platform: Pick<Platform, 'definition'>,
  outputType: RunnableOutputType & Pick<OutputType, 'name' | 'artifactKind' | 'contract'>,
  options: JsonObject,
): FieldIssue[] {
  if (Object.keys(options).length === 0) return [];
  const graph = graphOf(platform, outputType);
  if (!graph) return [{ path: '/options', message: `“${outputType.name}” takes no options.` }];
  const refused = callerIssues(formOf(platform, outputType), options);
  if (refused.length > 0) return refused;
  const layers = { outputType: outputTypeOverrides(outputType), orderLine: options };
  const misfits = resolveParams(graph, platform.definition, layers).findings.filter(
    ({ severity, path }) => path?.startsWith('/options') && severity !== 'info',
  );
  if (misfits.length > 0) return misfits.map(({ path = '/options', message }) => ({ path, message }));
  const made = deliverables(graph, platform.definition, layers);
  const { name, artifactKind, contract } = outputType;
  return contractIssues(made, artifactKind, ArtifactContract.parse(contract), `“${name}”`).map(({ message }) => ({
    path: '/options',
    message: `This would not be what is sold. ${message}`,
  }));
}
