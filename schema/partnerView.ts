import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isIntrospectionType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import {
  seesStudio,
  visibleArtifacts,
  visibleAssets,
  visibleOrderLines,
  visibleOrders,
  visibleOutputTypes,
  visibleRuns,
  visibleTokens,
  visibleWebhooks,
} from '../runtime/access/ownership.js';
import type { Context, Viewer } from './context.js';
import type { NodeType } from './globalId.js';

/** What somebody who may only order can read, type by type. Everything else is the studio's: graphs, params, costs of others.
 * Fields of the root types are not listed here; they say their scopes themselves. */
const PARTNER_FIELDS: Record<string, ReadonlySet<string>> = Object.fromEntries(
  Object.entries({
    Viewer: 'name role scopes',
    FamilyDefinition: 'family label description subject entryLabel',
    ApiToken: 'id name prefix scopes createdAt expiresAt revokedAt lastUsedAt',
    Category: 'id key label',
    PricingTier: 'id key label currency unitPriceCents',
    Product: 'id sku name category',
    OutputType:
      'id key name description family artifactKind categories pricingTier sortOrder visibility inputSchema inputUiSchema inputDefaults contract',
    Order: 'id number reference createdAt placedBy state total lines',
    OrderLine:
      'id lineNumber quantity state unitPrice price options materialOverrides createdAt cancelledAt order product outputType runs assets deliveredAssets',
    LineDispatch: 'orderLineId result',
    DispatchBatch: 'started lines',
    Money: 'amount currency',
    Preflight: 'isReady orderLine checks findings duration price',
    PreflightCheck: 'check label description state',
    OrderPreflight: 'isReady lines duration total',
    TimeRange: 'minMs maxMs',
    Run: 'id family status title progress failure assets lastSeq createdAt startedAt finishedAt orderLine',
    RunEvent: 'seq at type',
    RunChange: 'cursor at status run',
    AssetPublication: 'cursor at asset',
    Asset: 'id name kind version isLatest publishedAt supersededAt artifact files product outputType orderLine run',
    AssetFile: 'position name derivative artifact',
    Artifact: 'id role mediaType sha256 byteSize fileName createdAt url thumbnailUrl',
    Webhook:
      'id name url eventTypes ownOnly isEnabled disabledAt disabledReason failingSince oldSecretsUntil createdAt',
    WebhookDelivery:
      'id webhook eventId eventType body status attemptCount nextAttemptAt attempts createdAt finishedAt',
    WebhookAttempt: 'number at tookMs responseCode errorCode errorMessage',
    WebhookSecret: 'secret webhook',
    DeletedWebhook: 'id',
    WebhookRedelivery: 'count webhook',
    LookupOption: 'value label description',
    Failure: 'code message',
  }).map(([type, fields]) => [type, new Set(fields.split(' '))]),
);

const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);
/** Shapes of the API itself, made of what they hold. */
const isShape = (name: string) => /(Connection|Edge)$/.test(name) || /Error$/.test(name) || SHAPES.has(name);
const SHAPES: ReadonlySet<string> = new Set(['Node', 'PageInfo', 'FieldIssue', 'Finding']);

const hidden = new WeakMap<DocumentNode, readonly string[]>();

/** The fields of a document that are not for partners, as `Type.field`. */
function studioFieldsIn(schema: GraphQLSchema, document: DocumentNode): readonly string[] {
  const known = hidden.get(document);
  if (known) return known;
  const found = new Set<string>();
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        const parent = types.getParentType();
        const name = node.name.value;
        if (!parent || ROOTS.has(parent.name) || name.startsWith('__') || isIntrospectionType(getNamedType(parent)))
          return;
        if (isShape(parent.name) || PARTNER_FIELDS[parent.name]?.has(name)) return;
        found.add(`${parent.name}.${name}`);
      },
    }),
  );
  const list = [...found];
  hidden.set(document, list);
  return list;
}

/** Why somebody may not run a document; null: they may. */
export function refusalFor(viewer: Viewer | null, schema: GraphQLSchema, document: DocumentNode): GraphQLError | null {
  if (!viewer || seesStudio(viewer)) return null;
  const fields = studioFieldsIn(schema, document);
  if (fields.length === 0) return null;
  return new GraphQLError(`You may not read ${fields.join(', ')}.`, { extensions: { code: 'FORBIDDEN', fields } });
}

/** For descriptions of what `studioAsks` refuses. */
export const NOT_FOR_PARTNERS = 'not for partners';

/** For arguments of lists that partners see too: by which rows a question chooses tells as much of them as reading it.
 * @param asked - what is asked about that partners may not read, by argument.
 * @throws GraphQLError `FORBIDDEN` when a partner asks. */
export function studioAsks(viewer: Viewer | null, asked: Record<string, unknown>): void {
  if (seesStudio(viewer)) return;
  const refused = Object.keys(asked).filter((name) => asked[name] != null);
  if (refused.length > 0)
    throw new GraphQLError(`You may not choose by ${refused.join(', ')}.`, { extensions: { code: 'FORBIDDEN' } });
}

/** What only admins find in lists, others must not find by id either; everybody may see their own account. */
const ADMINS_ONLY: ReadonlySet<NodeType> = new Set<NodeType>(['Account', 'AuditEntry']);

/** Whether somebody may reach an object by its id. */
export async function mayReach({ db, viewer }: Context, typename: NodeType, id: string): Promise<boolean> {
  // These are not the studio's, but their account's.
  if (typename === 'Webhook') return (await db.webhook.count({ where: { id, ...visibleWebhooks(viewer) } })) > 0;
  if (typename === 'WebhookDelivery')
    return (await db.webhookDelivery.count({ where: { id, webhook: visibleWebhooks(viewer) } })) > 0;
  if (typename === 'ApiToken') return (await db.apiToken.count({ where: { id, ...visibleTokens(viewer) } })) > 0;
  if (ADMINS_ONLY.has(typename) && !viewer?.scopes.has('admin'))
    return typename === 'Account' && id === viewer?.accountId;
  if (seesStudio(viewer)) return true;
  switch (typename) {
    case 'Order':
      return (await db.order.count({ where: { id, ...visibleOrders(viewer) } })) > 0;
    case 'OrderLine':
      return (await db.orderLine.count({ where: { id, ...visibleOrderLines(viewer) } })) > 0;
    case 'Run':
      return (await db.run.count({ where: { id, ...visibleRuns(viewer) } })) > 0;
    case 'Asset':
      return (await db.asset.count({ where: { id, ...visibleAssets(viewer) } })) > 0;
    case 'Artifact':
      return (await db.artifact.count({ where: { id, ...visibleArtifacts(viewer) } })) > 0;
    case 'OutputType':
      return (await db.outputType.count({ where: { id, ...visibleOutputTypes(viewer) } })) > 0;
    case 'Product':
    case 'Category':
    case 'PricingTier':
      return viewer !== null;
    default:
      return false;
  }
}
