import type { Role, Scope } from '../../gql/graphql.js';

/** What each role is for, in the order of what it may do. */
export const ROLES: { role: Role; label: string; what: string }[] = [
  { role: 'viewer', label: 'Viewer', what: 'Looks at everything of the studio, changes nothing.' },
  { role: 'operator', label: 'Operator', what: 'Starts, cancels and retries runs, places orders, rolls out.' },
  { role: 'artist', label: 'Artist', what: 'As an operator, and changes workflows, library, materials, output types.' },
  { role: 'admin', label: 'Admin', what: 'Everything, accounts, tokens and the audit trail too.' },
  { role: 'partner', label: 'Partner', what: 'Orders over the API and sees its own orders only. No console.' },
];

export const roleLabel = (role: Role): string => ROLES.find((each) => each.role === role)?.label ?? role;

export const SCOPE_WORDS: Record<Scope, string> = {
  view: 'Read everything of the studio',
  order: 'Place orders, read own ones',
  author: 'Change workflows, library, output types',
  operate: 'Start, cancel and retry anything',
  admin: 'Accounts, tokens, audit trail',
};
