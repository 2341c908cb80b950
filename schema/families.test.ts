import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GraphQLEnumType, isEnumType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { Family } from '../generated/prisma/enums.js';
import { FAMILIES } from '../modules/define.js';
import { familyDefinition } from '../workflow/families.js';
import { schema } from './index.js';

const project = fileURLToPath(new URL('..', import.meta.url));
const ROOMS = ['workflow', 'runtime', 'schema', 'server', 'worker', 'client'];
/** Its registry; what is made for tests, drawn or printed; and graphs, which say of themselves what they are. */
const MAY_NAME_ONE = /^workflow\/families\.ts$|\.test\.tsx?$|^workflow\/test\w+\.ts$|^client\/gql\/|\.(json|graphql)$/;
const NAMES_ONE = new RegExp(
  `\\bfamil(y|ies)\\b\\W{1,8}(${FAMILIES.join('|')})\\b|\\b(${FAMILIES.join('|')})\\b\\W+famil`,
);

const sources = ROOMS.flatMap((room) =>
  readdirSync(join(project, room), { recursive: true, encoding: 'utf8' })
    .map((path) => `${room}/${path.replaceAll('\\', '/')}`)
    .filter((path) => /\.tsx?$/.test(path) && !MAY_NAME_ONE.test(path)),
);

describe('families', () => {
  test('are the same in the list, the database and the API', () => {
    expect(Object.keys(Family)).toEqual(FAMILIES);
    const type = schema.getType('Family') as GraphQLEnumType;
    expect(isEnumType(type)).toBe(true);
    expect(type.getValues().map(({ value, description }) => [value, description])).toEqual(
      FAMILIES.map((family) => [family, familyDefinition(family).description]),
    );
  });

  test('are named by nothing but their registry and the modules that are for one', () => {
    expect(sources.length).toBeGreaterThan(500);
    expect(sources.filter((path) => NAMES_ONE.test(readFileSync(join(project, path), 'utf8')))).toEqual([]);
  });
});
