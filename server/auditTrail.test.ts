import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../generated/prisma/enums.js';
import type { Scope } from '../runtime/access/access.js';
import { encodeGlobalId } from '../schema/globalId.js';
import { schema } from '../schema/index.js';
import { needed, passingOn } from '../tests/support/inputValues.js';
import { createMember } from '../tests/support/members.js';
import { ADMIN_TOKEN, startTestApp, type TestApp } from '../tests/support/testApp.js';
import { type Catalogue, createCatalogue } from '../tests/support/testData.js';

let app: TestApp;
let catalogue: Catalogue;
beforeAll(async () => {
  app = await startTestApp();
  catalogue = await createCatalogue(app.platform);
});
afterAll(() => app.close());

const mutations = Object.values(schema.getMutationType()!.getFields());
const member = (role: Role, scopes?: Scope[]) => createMember(app.platform, role, { scopes });

describe('the audit trail', () => {
  it('has every mutation with who sent it and what became of it, and no secrets', async () => {
    const artist = await member('artist');
    await app.gql(
      'mutation($id: ID!) { createProduct(input: { sku: "?", name: "", cadFileId: $id }) { __typename } }',
      { id: encodeGlobalId('CadFile', catalogue.cadFile.id) },
      artist.headers,
    );
    await app.gql('mutation { createAccount(input: { name: "No", role: viewer }) { __typename } }', {}, artist.headers);
    const { data } = await app.gql(
      `query($id: ID!) { auditTrail(filter: { accountId: $id }) { totalCount edges { node { actor mutation outcome input } } } }`,
      { id: encodeGlobalId('Account', artist.account.id) },
    );
    expect(data.auditTrail.edges.map(({ node }: any) => [node.actor, node.mutation, node.outcome])).toEqual([
      [artist.account.name, 'createAccount', 'FORBIDDEN'],
      [artist.account.name, 'createProduct', 'VALIDATION_FAILED'],
    ]);
    expect(data.auditTrail.edges[1].node.input.input).toMatchObject({ sku: '?' });
    const all = JSON.stringify((await app.gql('{ auditTrail(first: 100) { edges { node { input } } } }')).data);
    expect(all).not.toContain(ADMIN_TOKEN);
    expect(all).not.toContain('hm_');
  });

  it.each(mutations)('has an entry of $name, whatever became of it', async ({ name, args }) => {
    const query = passingOn('mutation', name, args, '{ __typename ... on Error { code } }');
    const answers = [
      await app.gql(query, needed(args)),
      await app.gql(query, needed(args), (await member('partner', ['order'])).headers),
      await app.gql(query, needed(args), (await member('viewer')).headers),
    ];
    const outcomes = answers.map(({ data, errors }) => data?.it.code ?? errors?.[0]?.extensions.code ?? 'ok');
    expect(outcomes).toContain('FORBIDDEN');
    const entries = await app.platform.db.auditEntry.findMany({ where: { mutation: name }, orderBy: { id: 'desc' } });
    expect(entries.slice(0, 3).map(({ outcome }) => outcome)).toEqual(outcomes.reverse());
  });

  it('has what was refused before it could begin, by whom and why', async () => {
    const artist = await member('artist');
    const partner = await member('partner', ['order']);
    const nested = (depth: number): unknown => (depth > 0 ? { graph: nested(depth - 1) } : 1);
    const save =
      'mutation($input: SaveWorkflowDraftInput!) { saveWorkflowDraft(input: $input) { __typename } it: createOrder(input: {}) { __typename } }';
    const create = 'createProduct(input: { sku: "refused", name: "" }) { __typename }';
    const aliases = Array.from({ length: 120 }, (_, n) => `a${n}: ${create}`).join(' ');
    const circle =
      'mutation { ...a } fragment a on Mutation { ...b } fragment b on Mutation { ...a dispatchOrder(orderId: 1) { __typename } }';
    const refusals: [
      query: string,
      variables: object,
      headers: Record<string, string>,
      expected: [string, number][],
    ][] = [
      [
        'mutation { createProduct(input: { sku: 7 }) { __typename } noSuchMutation }',
        {},
        artist.headers,
        [['createProduct', 1]],
      ],
      [
        'mutation($sku: String!) { createProduct(input: { sku: $sku, name: "" }) { __typename } }',
        { sku: { 'n\0': '\ud800\0' } },
        artist.headers,
        [['createProduct', 1]],
      ],
      [
        save,
        { input: nested(1_000) },
        artist.headers,
        [
          ['saveWorkflowDraft', 1],
          ['createOrder', 1],
        ],
      ],
      [`mutation { ${aliases} }`, {}, artist.headers, [['createProduct', 120]]],
      [circle, {}, artist.headers, [['dispatchOrder', 1]]],
      [
        'mutation { createOrder(input: { lines: [] }) { ... on CreateOrderSuccess { data { lines { runs { workflow { name } } } } } } }',
        {},
        partner.headers,
        [['createOrder', 1]],
      ],
    ];
    for (const [query, variables, headers, expected] of refusals) {
      const before = await app.platform.db.auditEntry.count();
      const { data, errors } = await app.gql(query, variables, headers);
      expect(data ?? null, query).toBeNull();
      const entries = () => app.platform.db.auditEntry.findMany({ orderBy: { id: 'asc' }, skip: before });
      await expect.poll(async () => (await entries()).length, { message: query.slice(0, 100) }).toBe(expected.length);
      expect((await entries()).map(({ mutation, times }) => [mutation, times])).toEqual(expected);
      for (const { outcome, actor } of await entries()) {
        expect(outcome).toBe(errors![0]!.extensions.code);
        expect(actor).toBe(headers === partner.headers ? partner.account.name : artist.account.name);
      }
    }
    const { input } = await app.platform.db.auditEntry.findFirstOrThrow({
      where: { mutation: 'createProduct', accountId: artist.account.id },
      orderBy: { id: 'asc' },
    });
    expect(input).toEqual({ input: { sku: 7 } });
  });

  it.each(['application/json', 'text/event-stream'])('has what came by GET, answered as %s', async (accept) => {
    const artist = await member('artist');
    const query = encodeURIComponent('mutation { createProduct(input: { sku: "by GET" }) { __typename } }');
    await app.fetch(`/graphql?query=${query}`, { headers: { ...artist.headers, accept } });
    const entries = () => app.platform.db.auditEntry.findMany({ where: { accountId: artist.account.id } });
    await expect
      .poll(entries)
      .toMatchObject([{ mutation: 'createProduct', outcome: 'BAD_REQUEST', input: { input: { sku: 'by GET' } } }]);
  });

  it('takes the drafts that an editor saves in one sitting together, and says of which workflow', async () => {
    const artist = await member('artist');
    const workflows = await Promise.all(
      ['One', 'Other'].map((name) =>
        app.platform.db.workflow.create({
          data: {
            key: `sitting_${name}`,
            name,
            family: 'cad_file',
            draft: { format: 1, family: 'cad_file', nodes: [], edges: [] },
          },
        }),
      ),
    );
    const [one, other] = workflows.map(({ id }) => encodeGlobalId('Workflow', id));
    const nodes = Array.from({ length: 60 }, (_, each) => ({ id: `step_${each}`, step: 'resolve_step_path' }));
    const save = (workflowId: string, expectedRevision: number) =>
      app.gql(
        'mutation($input: SaveWorkflowDraftInput!) { saveWorkflowDraft(input: $input) { __typename } }',
        { input: { workflowId, expectedRevision, graph: { format: 1, family: 'cad_file', nodes, edges: [] } } },
        artist.headers,
      );
    const { draftRevision: first } = workflows[0]!;
    for (const revision of [first, first + 1, first + 1, first + 2]) await save(one!, revision);
    await save(other!, workflows[1]!.draftRevision);
    const { data } = await app.gql(
      `query($id: ID!) { auditTrail(filter: { accountId: $id }) { edges { node { outcome times input at lastAt } } } }`,
      { id: encodeGlobalId('Account', artist.account.id) },
    );
    const entries = data.auditTrail.edges.map(({ node }: any) => node);
    expect(entries.map((entry: any) => [entry.outcome, entry.times, entry.input.input.workflowId])).toEqual([
      ['ok', 1, other],
      ['DRAFT_CHANGED', 1, one],
      ['ok', 3, one],
    ]);
    expect(entries[2].input.input).toMatchObject({ expectedRevision: first + 2, graph: { nodes: expect.anything() } });
    expect(Date.parse(entries[2].lastAt)).toBeGreaterThanOrEqual(Date.parse(entries[2].at));
  });

  it('is searched for what was typed, signs included', async () => {
    const found = async (mutation: string) =>
      (
        await app.gql('query($mutation: String!) { auditTrail(filter: { mutation: $mutation }) { totalCount } }', {
          mutation,
        })
      ).data.auditTrail.totalCount;
    expect(await found('CREATEPROD')).toBeGreaterThan(0);
    for (const text of ['%', '_', 'create%', '\\']) expect(await found(text)).toBe(0);
  });
});
