import type { Role } from '../../generated/prisma/enums.js';

/** What somebody may do:
 * `view` everything of the studio may be read; `order` place and dispatch orders, read one's own orders, runs and assets;
 * `author` change workflows, library and output types; `operate` dispatch, cancel, retry and roll out anything;
 * `admin` accounts, tokens, webhooks of others, audit trail. */
export const SCOPES = ['view', 'order', 'author', 'operate', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** The scopes of each role. A token may have fewer, never more. */
export const ROLE_SCOPES = {
  viewer: ['view'],
  artist: ['view', 'order', 'author', 'operate'],
  operator: ['view', 'order', 'operate'],
  partner: ['order'],
  admin: SCOPES,
} as const satisfies Record<Role, readonly Scope[]>;

export const scopesOf = (role: Role): ReadonlySet<Scope> => new Set<Scope>(ROLE_SCOPES[role]);
