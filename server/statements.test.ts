import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { schema } from '../schema/index.js';
import { growStudio } from '../tests/support/growingStudio.js';
import { startTestApp, type TestApp } from '../tests/support/testApp.js';
import { createCatalogue } from '../tests/support/testData.js';
import { rootLists, wholeSelection } from '../tests/support/wholeSelection.js';

const LISTS = rootLists(schema);
const FEW = 2;
const MANY = 6;

let app: TestApp;
const few = new Map<string, { rows: number; statements: string[] }>();

/** The statements that a list takes with everything that can be asked of its rows and what they point to. */
async function read({ name, args, type }: (typeof LISTS)[number]) {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  try {
    const { data, errors } = await app.gql(`{ list: ${name}${args} ${wholeSelection(type, 2)} }`);
    expect(errors).toBeUndefined();
    const statements = query.mock.calls.map(([statement]) =>
      typeof statement === 'string' ? statement : (statement as { text: string }).text,
    );
    return { rows: (data.list.edges ?? data.list).length as number, statements };
  } finally {
    query.mockRestore();
  }
}

beforeAll(async () => {
  app = await startTestApp();
  const catalogue = await createCatalogue(app.platform);
  for (let n = 0; n < FEW; n++) await growStudio(app.platform, catalogue);
  for (const list of LISTS) few.set(list.name, await read(list));
  for (let n = FEW; n < MANY; n++) await growStudio(app.platform, catalogue);
});
afterAll(() => app.close());

test.each(LISTS)('$name is read by our own statements, which end with who asks', ({ name }) => {
  // Those of Prisma's run on when nobody waits for them any more.
  expect(few.get(name)!.statements.filter((text) => text.includes('"public".'))).toEqual([]);
});

test.each(LISTS)('$name takes as many SQL statements for many rows as for few', async (list) => {
  const before = few.get(list.name)!;
  const now = await read(list);
  expect(now.statements.length, now.statements.join('\n')).toBe(before.statements.length);
});
