import { getNamedType, isLeafType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeGlobalId } from '../schema/globalId.js';
import { schema } from '../schema/index.js';
import { everywhere, NOWHERE, passingOn, takesFile, type Values } from '../tests/support/inputValues.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { createCatalogue } from '../tests/support/testData.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  await createCatalogue(app.platform);
});
afterAll(() => app?.close());

/** What databases, parsers and calendars do not like. */
const HOSTILE: Values = {
  String: ['a\0b', 'a\ud800b', `\u202e%_\\${'9'.repeat(400)}`],
  ID: ['\0', Buffer.from('Order:\0').toString('base64url'), encodeGlobalId('Run', NOWHERE)],
  JSON: [{ a: '\0' }, { '\0': 1 }, ['\ud800'], 1e308, JSON.parse('{"__proto__":{"x":1},"constructor":null}')],
  DateTime: [
    '-000001-01-01T00:00:00Z',
    '0001-01-01T00:00:00+14:00',
    '9999-12-31T23:59:59-14:00',
    '2031-02-30T00:00:00Z',
  ],
  Int: [-2147483648, 2147483647, 0],
  Float: [1e308, -1e-308],
};

const fields = [schema.getQueryType()!, schema.getMutationType()!].flatMap((root) =>
  Object.values(root.getFields())
    .filter(({ args }) => args.length > 0 && !args.some(takesFile))
    .map((field) => ({ kind: root.name.toLowerCase() as 'query' | 'mutation', ...field })),
);

test.each(fields)('$kind $name takes no value for a failure of ours', { timeout: 60_000 }, async (field) => {
  const type = getNamedType(field.type);
  const isPage = type.name.endsWith('Connection');
  const selection = isLeafType(type) ? '' : isPage ? '{ totalCount edges { cursor } }' : '{ __typename }';
  const query = passingOn(field.kind, field.name, field.args, selection);
  const broken: string[] = [];
  await Promise.all(
    [...everywhere(field.args, HOSTILE)].map(async ({ where, variables }) => {
      const { errors = [] } = await app.gql(query, variables);
      const ours = errors.filter(({ extensions }) => !extensions.code || extensions.code.startsWith('INTERNAL'));
      broken.push(...ours.map(({ message }) => `${where}: ${message}`));
    }),
  );
  expect(broken).toEqual([]);
});

test('text in a document is looked at as that in variables is', async () => {
  for (const text of ['"a\\u0000b"', '"a\\uD800b"', `"""a\0b"""`]) {
    const { errors } = await app.gql(`{ products(filter: { text: ${text} }) { totalCount } }`);
    expect(errors?.[0]?.message, text).toMatch(/NUL|Invalid/);
    expect(errors?.[0]?.extensions.code ?? 'GRAPHQL_PARSE_FAILED', text).toMatch(/BAD_USER_INPUT|PARSE_FAILED/);
  }
});
