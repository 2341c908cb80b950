import { GraphQLError } from 'graphql';
import { NotFoundError } from '../runtime/errors.js';

export { encodeGlobalId } from '../runtime/globalId.js';

/** Most ids that `nodes` takes at a time. */
export const MAX_NODES = 100;

/** Every type that `node(id)` can find, with the words people use for it. */
export const NODE_TYPES = {
  Account: 'account',
  ApiToken: 'API token',
  AuditEntry: 'audit entry',
  Artifact: 'artifact',
  Asset: 'asset',
  CadFile: 'CAD file',
  Category: 'category',
  EnvironmentImage: 'environment image',
  Material: 'material',
  MaterialRule: 'material rule',
  NodeRun: 'node run',
  Notification: 'notification',
  NotificationDelivery: 'delivery record',
  Order: 'order',
  OrderLine: 'order line',
  OutputType: 'output type',
  ParityReport: 'parity report',
  PricingTier: 'pricing tier',
  Product: 'product',
  RenderTemplate: 'render template',
  RolloutChange: 'change of a rollout',
  Run: 'run',
  Webhook: 'webhook',
  WebhookDelivery: 'delivery of a webhook',
  Workflow: 'workflow',
  WorkflowVersion: 'workflow version',
} as const;
export type NodeType = keyof typeof NODE_TYPES;

const LOCAL_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:\d{1,5})?$/;

function parse(globalId: string): { typename: NodeType; id: string } | null {
  const text = Buffer.from(globalId, 'base64url').toString('utf8');
  const colon = text.indexOf(':');
  const typename = text.slice(0, colon) as NodeType;
  const id = text.slice(colon + 1);
  if (!Object.hasOwn(NODE_TYPES, typename)) return null;
  return LOCAL_ID.test(id) && id.includes(':') === (typename === 'NodeRun') ? { typename, id } : null;
}

/** @throws GraphQLError `BAD_ID` for anything this API did not hand out. */
export function decodeGlobalId(globalId: string): { typename: NodeType; id: string } {
  const parsed = parse(globalId);
  if (parsed) return parsed;
  throw new GraphQLError('This is not an id of this API.', { extensions: { code: 'BAD_ID' } });
}

/** For queries: the database id inside `globalId`.
 * @throws GraphQLError `BAD_ID` when it is malformed or names another type. */
export function localId(type: NodeType, globalId: string): string {
  const { typename, id } = decodeGlobalId(globalId);
  if (typename === type) return id;
  throw new GraphQLError(`This is the id of a ${NODE_TYPES[typename]}, not of a ${NODE_TYPES[type]}.`, {
    extensions: { code: 'BAD_ID' },
  });
}

/** The database id inside `globalId`; null when it is malformed or names another type. */
export function localIdOrNull(type: NodeType, globalId: string): string | null {
  const parsed = parse(globalId);
  return parsed?.typename === type ? parsed.id : null;
}

/** For mutations: the database id inside `globalId`.
 * @throws NotFoundError when it is malformed or names another type: no such object can exist. */
export function requireLocalId(type: NodeType, globalId: string): string {
  const id = localIdOrNull(type, globalId);
  if (id !== null) return id;
  throw new NotFoundError(NODE_TYPES[type], globalId.slice(0, 100));
}
