import canonicalize from 'canonicalize';
import { type OrderLine, Prisma, type Product } from '../generated/prisma/client.js';
import type { JsonObject } from '../modules/json.js';
import { resolveParams } from '../workflow/invocation.js';
import { openGraph } from '../workflow/upgradeGraph.js';
import { ConflictError, type FieldIssue, NotFoundError, ValidationError } from './errors.js';
import type { Platform } from './platform.js';

const MAX_QUANTITY = 10_000;

export interface NewProduct {
  sku: string;
  name: string;
  cadFileId: string;
  categoryKey?: string | null;
}

/** @throws ConflictError when the SKU is taken, NotFoundError for an unknown CAD file or category. */
export async function createProduct(platform: Pick<Platform, 'db'>, input: NewProduct): Promise<Product> {
  const issues: FieldIssue[] = [];
  const sku = input.sku.trim();
  const name = input.name.trim();
  if (!/^[\w.\-/ ]{1,64}$/.test(sku))
    issues.push({ path: '/sku', message: 'Use 1 to 64 letters, digits, blanks or . - _ /.' });
  if (name.length < 1 || name.length > 200)
    issues.push({ path: '/name', message: 'Give a name of 1 to 200 characters.' });
  if (issues.length > 0) throw new ValidationError('The product was not created.', issues);
  const cadFile = await platform.db.cadFile.findUnique({ where: { id: input.cadFileId } });
  if (!cadFile) throw new NotFoundError('CAD file', input.cadFileId);
  const category = input.categoryKey
    ? await platform.db.category.findUnique({ where: { key: input.categoryKey } })
    : null;
  if (input.categoryKey && !category) throw new NotFoundError('category', input.categoryKey);
  try {
    return await platform.db.product.create({
      data: { sku, name, cadFileId: cadFile.id, categoryId: category?.id ?? null },
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new ConflictError(`There is a product with the SKU "${sku}" already.`, 'SKU_TAKEN');
    throw error;
  }
}

export interface NewOrderLine {
  productId: string;
  outputTypeId: string;
  /** Null: a new order. */
  orderId?: string | null;
  quantity?: number | null;
  /** Invocation-level overrides by param name. */
  options?: JsonObject | null;
  /** Part name → material name. */
  materialOverrides?: JsonObject | null;
  /** The same key twice gives the line made the first time. */
  idempotencyKey?: string | null;
}

/** Adds a line to an order, or starts an order with it.
 * @throws ValidationError with a path for each option the workflow does not take or that is out of bounds. */
export async function createOrderLine(
  platform: Pick<Platform, 'db' | 'definition'>,
  input: NewOrderLine,
): Promise<OrderLine> {
  const [product, outputType] = await Promise.all([
    platform.db.product.findUnique({ where: { id: input.productId } }),
    platform.db.outputType.findUnique({
      where: { id: input.outputTypeId },
      include: { workflow: { include: { versions: { orderBy: { number: 'desc' }, take: 1 } } } },
    }),
  ]);
  if (!product) throw new NotFoundError('product', input.productId);
  if (!outputType) throw new NotFoundError('output type', input.outputTypeId);
  const quantity = input.quantity ?? 1;
  const idempotencyKey = input.idempotencyKey ?? null;
  const options = input.options ?? {};
  const materialOverrides = input.materialOverrides ?? {};
  const issues = [
    ...quantityIssues(quantity),
    ...materialIssues(
      materialOverrides,
      new Set((await platform.db.material.findMany({ select: { name: true } })).map(({ name }) => name)),
    ),
    ...optionIssues(platform, outputType.workflow?.versions[0]?.graph, outputType.overrides as JsonObject, options),
  ];
  if (issues.length > 0) throw new ValidationError(`The order line was not created: ${issues[0]!.message}`, issues);

  const wanted = { productId: product.id, outputTypeId: outputType.id, quantity, options, materialOverrides };
  const earlier = idempotencyKey && (await platform.db.orderLine.findUnique({ where: { idempotencyKey } }));
  if (earlier) return sameLine(earlier, wanted);
  try {
    return await addLine(platform, input.orderId ?? null, { ...wanted, idempotencyKey });
  } catch (error) {
    // Somebody with the same key was quicker.
    if (idempotencyKey && isUniqueViolation(error))
      return sameLine(await platform.db.orderLine.findUniqueOrThrow({ where: { idempotencyKey } }), wanted);
    throw error;
  }
}

type LineContent = Pick<
  Prisma.OrderLineUncheckedCreateInput,
  'productId' | 'outputTypeId' | 'quantity' | 'options' | 'materialOverrides'
>;

function sameLine(earlier: OrderLine, wanted: LineContent): OrderLine {
  const isSame = Object.entries(wanted).every(
    ([field, value]) => canonicalize(earlier[field as keyof OrderLine]) === canonicalize(value),
  );
  if (!isSame)
    throw new ConflictError(
      `The idempotency key "${earlier.idempotencyKey}" was used before, for another order line.`,
      'IDEMPOTENCY_KEY_REUSED',
    );
  return earlier;
}

function addLine(
  platform: Pick<Platform, 'db'>,
  orderId: string | null,
  content: LineContent & { idempotencyKey: string | null },
): Promise<OrderLine> {
  return platform.db.$transaction(async (tx) => {
    const order = orderId ? await lockOrder(tx, orderId) : await tx.order.create({ data: {} });
    const last = await tx.orderLine.aggregate({ where: { orderId: order.id }, _max: { lineNumber: true } });
    return tx.orderLine.create({
      data: { orderId: order.id, lineNumber: (last._max.lineNumber ?? 0) + 1, ...content },
    });
  });
}

/** Two lines added at once must not get the same number. */
async function lockOrder(tx: Prisma.TransactionClient, orderId: string): Promise<{ id: string }> {
  const rows = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM "order" WHERE id = ${orderId}::uuid FOR UPDATE`;
  if (!rows[0]) throw new NotFoundError('order', orderId);
  return rows[0];
}

function quantityIssues(quantity: number): FieldIssue[] {
  const isFine = Number.isInteger(quantity) && quantity >= 1 && quantity <= MAX_QUANTITY;
  return isFine ? [] : [{ path: '/quantity', message: `Order between 1 and ${MAX_QUANTITY} pieces.` }];
}

function materialIssues(overrides: JsonObject, known: Set<string>): FieldIssue[] {
  return Object.entries(overrides)
    .filter(([, material]) => typeof material !== 'string' || !known.has(material))
    .map(([part, material]) => ({
      path: `/materialOverrides/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      message: `There is no material "${String(material)}" in the library.`,
    }));
}

function optionIssues(
  platform: Pick<Platform, 'definition'>,
  stored: unknown,
  outputType: JsonObject,
  options: JsonObject,
): FieldIssue[] {
  if (Object.keys(options).length === 0) return [];
  const { graph } = openGraph(stored ?? null, platform.definition);
  if (!graph)
    return [{ path: '/options', message: 'This output type has no published workflow, so it takes no options.' }];
  return resolveParams(graph, platform.definition, { outputType, orderLine: options })
    .findings.filter(({ severity, path }) => path?.startsWith('/options') && severity !== 'info')
    .map(({ path = '/options', message }) => ({ path, message }));
}

export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}
