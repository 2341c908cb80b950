import { readFile } from 'node:fs/promises';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_SCOPES } from '../runtime/access/access.js';
import { schema } from '../schema/index.js';
import { mayUse, printRoles, ROLES_FILE, scopesNeeded } from '../schema/printRoles.js';
import { createMember } from '../tests/support/members.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';

type Role = keyof typeof ROLE_SCOPES;
const ROLES = Object.keys(ROLE_SCOPES) as Role[];

let app: TestApp;
const headersOf = {} as Record<Role, Record<string, string>>;
beforeAll(async () => {
  app = await startTestApp();
  for (const role of ROLES) headersOf[role] = (await createMember(app.platform, role)).headers;
});
afterAll(() => app.close());

/** A literal of the type that passes validation and means nothing. */
function literal(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(type.ofType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type))
    return `{ ${Object.values(type.getFields())
      .filter((field) => isNonNullType(field.type))
      .map((field) => `${field.name}: ${literal(field.type)}`)
      .join(', ')} }`;
  return { Int: '1', Float: '1', Boolean: 'true', JSON: '{}', DateTime: '"2031-01-01T00:00:00Z"' }[type.name] ?? '"x"';
}

const argumentList = (args: readonly GraphQLArgument[]) => {
  const needed = args.filter((arg) => isNonNullType(arg.type));
  return needed.length > 0 ? `(${needed.map((arg) => `${arg.name}: ${literal(arg.type)}`).join(', ')})` : '';
};
const selection = (field: GraphQLField<unknown, unknown>): string => {
  let type: unknown = field.type;
  while (isNonNullType(type) || isListType(type)) type = type.ofType;
  return isLeafType(type) ? '' : ' { __typename }';
};
/** What asks for a field with arguments that mean nothing. */
const documentFor = (kind: string, field: GraphQLField<unknown, unknown>) =>
  `${kind} { ${field.name}${argumentList(field.args)}${selection(field)} }`;

const fieldsOf = (kind: 'Query' | 'Mutation' | 'Subscription') =>
  Object.values((schema.getType(kind) as any).getFields() as Record<string, GraphQLField<unknown, unknown>>);

describe('docs/roles.md', () => {
  it('is what the schema says, with no root field left out', async () => {
    for (const kind of ['Query', 'Mutation', 'Subscription'] as const)
      for (const field of fieldsOf(kind)) expect(scopesNeeded(field), `${kind}.${field.name}`).not.toBeNull();
    expect(await readFile(ROLES_FILE, 'utf8')).toBe(printRoles());
  });

  it.each(['Query', 'Mutation'] as const)('is what the server does: %s', async (kind) => {
    const wrong: string[] = [];
    for (const field of fieldsOf(kind)) {
      const needed = scopesNeeded(field)!;
      // Whoever may, would do it; the table is about who may not, and for reading about who may as well.
      for (const role of ROLES.filter((each) => kind === 'Query' || !mayUse(each, needed))) {
        const { errors } = await app.gql(documentFor(kind.toLowerCase(), field), {}, headersOf[role]);
        const isRefused = errors?.some(({ extensions }) => extensions.code === 'FORBIDDEN') ?? false;
        if (isRefused === mayUse(role, needed)) wrong.push(`${field.name} ${role}: ${JSON.stringify(errors)}`);
      }
    }
    expect(wrong).toEqual([]);
    if (kind === 'Mutation')
      expect(await app.platform.db.auditEntry.count({ where: { outcome: { not: 'FORBIDDEN' } } })).toBe(0);
  });

  it('is what event streams do', async () => {
    for (const field of fieldsOf('Subscription'))
      for (const role of ROLES.filter((each) => !mayUse(each, scopesNeeded(field)!))) {
        const response = await app.fetch('/graphql/stream', {
          method: 'POST',
          headers: { ...headersOf[role], 'content-type': 'application/json', accept: 'text/event-stream' },
          body: JSON.stringify({ query: documentFor('subscription', field) }),
        });
        expect(await response.text(), `${field.name} ${role}`).toContain('FORBIDDEN');
      }
  });
});
