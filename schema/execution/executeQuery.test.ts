import { buildSchema, execute, type GraphQLSchema, parse, validate } from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import { executeQuery } from './executeQuery.js';

let schema: GraphQLSchema;

const soon = async <T>(value: T): Promise<T> => {
  await new Promise((resolve) => setImmediate(resolve));
  return value;
};
const failing = (message: string) => () => {
  throw new Error(message);
};

const steel = { __typename: 'Material', name: 'Steel', kind: 'METAL' };
const bearing = {
  __typename: 'Product',
  name: () => soon('Bearing'),
  price: ({ currency }: { currency: string }) => `19 ${currency}`,
  parts: () => [{ name: 'ring', weight: 0.4 }, soon({ name: 'ball', weight: failing('not weighed') }), null],
  mixed: () => [soon(null), null, soon(0).then(failing('unheard'))],
  strict: () => [{ name: 'a' }, { name: failing('nameless') }],
  broken: failing('broken'),
  late: () => soon(0).then(failing('too late')),
  returned: () => new Error('returned'),
  notAList: 5,
  wrongKind: 'WOOD',
};
const root = {
  product: bearing,
  products: () => soon([bearing, bearing]),
  things: () => [steel, soon(bearing)],
  unknown: { __typename: 'Nothing' },
  must: () => ({ name: failing('must not') }),
};

beforeAll(() => {
  schema = buildSchema(`
    enum Kind { METAL }
    interface Named { name: String! }
    type Material implements Named { name: String! kind: Kind }
    type Part { name: String! weight: Float }
    type Product implements Named {
      name: String! price(currency: String! = "EUR"): String parts: [Part] strict: [Part!] mixed: [Part!] broken: Int late: Int!
      returned: Int notAList: [Int] wrongKind: Kind nothing: Product missing: String!
    }
    union Thing = Material | Product
    type Query { product: Product products(first: Int): [Product!] things: [Thing!] unknown: Named must: Part! }
  `);
});

const QUERIES: Record<string, [string, Record<string, unknown>?]> = {
  'fields in the order they were asked for, whoever is ready first': ['{ product { name price nothing { name } } }'],
  'aliases, arguments, variables and their defaults': [
    'query ($c: String = "USD") { product { a: price b: price(currency: "CHF") c: price(currency: $c) } }',
  ],
  'fragments, unions, interfaces and type names': [
    '{ __typename things { __typename ...P ... on Material { kind } ... on Named { name } } } fragment P on Product { price, name }',
  ],
  'fields merged from several places': ['{ product { parts { name } } product { parts { weight } } }'],
  'skipped and included fields': [
    'query ($no: Boolean!) { product { name @skip(if: true) price @include(if: $no) broken @skip(if: true) parts @include(if: $no) { name } } }',
    { no: false },
  ],
  'failures with their places, null only where they happened': [
    '{ product { broken returned notAList wrongKind parts { name weight } } products { broken } }',
  ],
  'a failure where there may be no null, up to where there may': [
    '{ product { name strict { name } } products { late } }',
  ],
  'a missing value where there may be none': ['{ product { name missing } }'],
  'several failures at once where there may be no null': ['{ product { late missing a: late } }'],
  'a failure that leaves no data': ['{ product { name } must { name } }'],
  'a type nobody knows': ['{ unknown { name } product { name } }'],
  'a variable that does not fit': ['query ($n: Int!) { products(first: $n) { name } }', { n: 'many' }],
  'a variable that is missing': ['query ($n: Int!) { products(first: $n) { name } }'],
  introspection: [
    '{ __schema { queryType { fields { name type { name kind } } } } __type(name: "Kind") { enumValues { name } } }',
  ],
};

test.each(Object.entries(QUERIES))('%s: as the reference executor answers', async (_name, [query, variableValues]) => {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const args = { schema, document, rootValue: root, variableValues };
  const [expected, answer] = await Promise.all([execute(args), executeQuery(args)]);
  expect(answer.data === undefined ? undefined : (answer.data?.text ?? 'null')).toBe(JSON.stringify(expected.data));
  const byText = (errors: readonly object[] = []) => errors.map((error) => JSON.stringify(error)).sort();
  const own = /is no type that|Expected a list|made nothing/;
  const reference = byText(expected.errors);
  expect(answer.errors?.length ?? 0).toBe(reference.length);
  for (const error of byText(answer.errors)) if (!own.test(error)) expect(reference).toContain(error);
});

test('what fails after a list has failed is heard, not left to end the process', async () => {
  const document = parse('{ product { mixed { name } } }');
  const answer = await executeQuery({ schema, document, rootValue: root });
  expect(answer.data?.text).toBe('{"product":{"mixed":null}}');
  expect(answer.errors).toHaveLength(1);
});

test('the chosen operation of several is executed, and a field called __proto__ harms nothing', async () => {
  const document = parse('query A { product { name } } query B { things { __typename } product { __proto__: price } }');
  const answer = await executeQuery({ schema, document, rootValue: root, operationName: 'B' });
  expect(answer.data?.text).toBe(
    '{"things":[{"__typename":"Material"},{"__typename":"Product"}],"product":{"__proto__":"19 EUR"}}',
  );
  expect(({} as { price?: unknown }).price).toBeUndefined();
});

test('once nobody waits for the answer, no more resolvers are called', async () => {
  const waiting = new AbortController();
  const called: string[] = [];
  const product = {
    name: () => {
      called.push('name');
      return 'Ring';
    },
  };
  const rootValue = {
    product: async () => {
      called.push('product');
      waiting.abort();
      return soon(product);
    },
  };
  const document = parse('{ product { name } }');
  const answer = await executeQuery({ schema, document, rootValue }, waiting.signal);
  expect(called).toEqual(['product']);
  expect(answer).toMatchObject({ data: null, errors: [{ extensions: { code: 'CANCELLED' } }] });
});
