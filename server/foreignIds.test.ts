import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeGlobalId, localId, type NodeType } from '../schema/globalId.js';
import { schema } from '../schema/index.js';
import { everywhere, passingOn, takesFile } from '../tests/support/inputValues.js';
import { createMember } from '../tests/support/members.js';
import { createOneOfEach } from '../tests/support/oneOfEach.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';

/** What is everybody's, and what is the partner's whose order it was; all else is the studio's. */
const EVERYBODYS = ['Category', 'OutputType', 'PricingTier', 'Product'] satisfies NodeType[];
const OWNERS = [
  'Account',
  'ApiToken',
  'Artifact',
  'Asset',
  'Order',
  'OrderLine',
  'Run',
  'Webhook',
  'WebhookDelivery',
] satisfies NodeType[];

let app: TestApp;
/** Of the victim and of the studio, one of each kind. */
let ids: Record<NodeType, string>;
/** Those of them that are not everybody's. */
let foreign: string[];
let victim: Record<string, string>;
let attacker: Record<string, string>;
/** What the attacker may find, whatever else is asked for. */
let own: string[];
let before: string;

const TABLES = 'account api_token order order_line run asset webhook webhook_secret webhook_delivery'.split(' ');

/** All rows that are not the attacker's own. */
async function everything(): Promise<string> {
  const rows = [];
  for (const table of TABLES)
    rows.push(
      await app.platform.pool.query(
        `SELECT t::text FROM "${table}" t WHERE to_jsonb(t)->>'name' IS DISTINCT FROM 'Attacker' ORDER BY 1`,
      ),
    );
  return JSON.stringify(
    rows.map((result) => result.rows),
    null,
    1,
  );
}

beforeAll(async () => {
  app = await startTestApp();
  const partner = await createMember(app.platform, 'partner');
  victim = partner.headers;
  ids = await createOneOfEach(app.platform, partner.account.id);
  const isForeign = ([type]: [string, string]) => !EVERYBODYS.some((name) => name === type);
  foreign = Object.entries(ids)
    .filter(isForeign)
    .map(([, id]) => id);
  await app.platform.db.run.update({ where: { id: localId('Run', ids.Run) }, data: { status: 'running' } });
  const { account, token, headers } = await createMember(app.platform, 'partner', { name: 'Attacker' });
  attacker = headers;
  await app.platform.db.apiToken.update({ where: { id: token.id }, data: { name: account.name } });
  own = [
    encodeGlobalId('Account', account.id),
    encodeGlobalId('ApiToken', token.id),
    ...EVERYBODYS.map((type) => ids[type]),
  ];
  before = await everything();
});
afterAll(() => app?.close());

type Field = GraphQLField<unknown, unknown>;
const fieldsOf = (root: { getFields(): Record<string, Field> } | null | undefined) => Object.values(root!.getFields());
const mutations = fieldsOf(schema.getMutationType()).filter(({ args }) => !args.some(takesFile));
const queries = fieldsOf(schema.getQueryType()).filter(({ args }) => [...everywhere(args, { ID: ['x'] })].length > 0);

test.each(mutations)('a partner reaches nothing of others by any id given to $name', async ({ name, args }) => {
  const batch = name.startsWith('dispatchOrder') ? ' ... on DispatchBatch { started }' : '';
  const query = passingOn('mutation', name, args, `{ __typename${batch} }`);
  const reached: string[] = [];
  await Promise.all(
    [...everywhere(args, { ID: foreign })].map(async ({ where, variables }) => {
      const { data, errors } = await app.gql(query, variables, attacker);
      const isRefused = errors || /Error$/.test(data.it.__typename) || data.it.started === 0;
      if (!isRefused) reached.push(`${where}: ${JSON.stringify(data)}`);
    }),
  );
  expect(reached).toEqual([]);
  expect(await everything()).toBe(before);
});

const inside = (type: GraphQLNamedType, field: string) =>
  getNamedType((type as GraphQLObjectType).getFields()[field]!.type);

/** What tells whether something was found. */
function selectionOf({ type }: Field): string {
  const named = getNamedType(type);
  const hasId = (of: unknown) => isObjectType(of) && 'id' in of.getFields();
  if (isLeafType(named)) return '';
  if (!named.name.endsWith('Connection')) return `{ __typename ${hasId(named) || named.name === 'Node' ? 'id' : ''} }`;
  const node = inside(inside(named, 'edges'), 'node');
  return `{ edges { node { __typename ${hasId(node) ? 'id' : ''} } } }`;
}

/** Ids that came back for an id, by any argument of a root field, and what else was not refused. */
async function found({ name, args, ...field }: Field, given: readonly string[], headers: Record<string, string>) {
  const query = passingOn('query', name, args, selectionOf({ name, args, ...field }));
  const all: string[] = [];
  await Promise.all(
    [...everywhere(args, { ID: given })].map(async ({ variables }) => {
      const { data } = await app.gql(query, variables, headers);
      const objects = [data?.it?.edges?.map(({ node }: any) => node) ?? data?.it ?? []].flat().filter(Boolean);
      for (const { __typename, id } of objects) if (!/Error$/.test(__typename)) all.push(id ?? __typename);
    }),
  );
  return [...new Set(all)].sort();
}

describe('what has an id', () => {
  const node = schema.getQueryType()!.getFields().node!;

  test('is found by it by administrators, whatever it is', async () => {
    const { headers } = await createMember(app.platform, 'admin');
    expect(await found(node, Object.values(ids), headers)).toEqual(Object.values(ids).sort());
  });

  test('is found by partners where it is theirs or everybody’s', async () => {
    const expected = (types: readonly NodeType[]) => types.map((type) => ids[type]).sort();
    expect(await found(node, Object.values(ids), victim)).toEqual(expected([...OWNERS, ...EVERYBODYS]));
    expect(await found(node, Object.values(ids), attacker)).toEqual(expected(EVERYBODYS));
  });

  test.each(queries)('is not found by another partner by any argument of $name', async (field) => {
    expect((await found(field, foreign, attacker)).filter((id) => !own.includes(id))).toEqual([]);
  });

  test('is not followed by another partner', async () => {
    const response = await app.fetch('/graphql/stream', {
      method: 'POST',
      headers: { ...attacker, 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: `subscription { runEvents(runId: "${ids.Run}") { seq type } }` }),
    });
    expect(await response.text()).toContain('NOT_FOUND');
  });

  test('has no file behind it for another partner, whose token opens no address that is not signed', async () => {
    const artifact = `... on Artifact { url thumbnailUrl }`;
    const files = async (headers: Record<string, string>) =>
      (await app.gql(`{ node(id: "${ids.Artifact}") { ${artifact} } }`, {}, headers)).data.node;
    expect(await files(attacker)).toBeNull();
    const { url } = await files(victim);
    const unsigned = url.split('?')[0];
    const thumbnail = `/assets/thumbnails/${localId('Artifact', ids.Artifact)}.webp`;
    for (const path of [unsigned, thumbnail])
      expect((await app.fetch(path, { headers: attacker })).status, path).toBe(403);
  });
});
