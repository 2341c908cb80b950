import { isObjectType } from 'graphql';
import { afterEach, expect, test, vi } from 'vitest';
import type { Role } from '../../generated/prisma/enums.js';
import { scopesOf } from '../../runtime/access/access.js';
import type { Viewer } from '../context.js';
import { schema } from '../index.js';

type NestedQuery = (query: unknown) => unknown;
type Select = (args: object, context: object, nested: NestedQuery, selection: () => ReadonlySet<string>) => unknown;

/** Fields that say by a function what has to be read for them. */
const SELECTING = Object.values(schema.getTypeMap()).flatMap((type) =>
  isObjectType(type)
    ? Object.values(type.getFields()).flatMap(({ name, extensions }) =>
        typeof extensions.pothosPrismaSelect === 'function'
          ? [{ name: `${type.name}.${name}`, select: extensions.pothosPrismaSelect as Select }]
          : [],
      )
    : [],
);

afterEach(() => vi.useRealTimers());

function selected(select: Select, viewer: Viewer, at: string): string {
  vi.setSystemTime(new Date(at));
  // Anything else in the context may change from one request to the next.
  const context = new Proxy({ viewer }, { get: (target, key) => (key === 'viewer' ? target.viewer : forbidden(key)) });
  const nested: NestedQuery = (query) => (typeof query === 'function' ? query({}, context) : query) ?? {};
  return JSON.stringify(select({}, context, nested, () => new Set()));
}

function forbidden(key: PropertyKey): never {
  throw new Error(`What a field selects may not depend on "${String(key)}" of the context: plans are kept.`);
}

test('what fields select depends on nothing but their arguments and the kind of viewer, so that a plan can be kept', () => {
  vi.useFakeTimers();
  expect(SELECTING.length).toBeGreaterThan(50);
  for (const role of ['admin', 'partner'] satisfies Role[])
    for (const { name, select } of SELECTING) {
      const viewer = (who: string): Viewer => ({ accountId: 'the same', name: who, role, scopes: scopesOf(role) });
      const before = selected(select, viewer('One'), '2026-01-01T00:00:00Z');
      expect(selected(select, viewer('Another'), '2027-06-01T12:00:00Z'), name).toBe(before);
    }
});
