import { createContext, useContext } from 'react';
import type { Role, Scope } from '../gql/graphql.js';

export interface Access {
  role: Role;
  scopes: readonly Scope[];
}

/** What the person at the screen may do; `SignInGate` knows. Null: everything, as where no one is asked (the form harness). */
export const AccessContext = createContext<Access | null>(null);

const ACTS: Record<Scope, string> = {
  view: 'look at this',
  order: 'place orders',
  author: 'change workflows, the library and output types',
  operate: 'start, cancel or retry runs',
  admin: 'manage accounts',
};

/** Why somebody may not do what needs one of these scopes; null: they may. */
export function useRefusal(needs: Scope | readonly Scope[] | undefined): string | null {
  const access = useContext(AccessContext);
  if (!access || needs === undefined) return null;
  const wanted = typeof needs === 'string' ? [needs] : needs;
  if (wanted.some((scope) => access.scopes.includes(scope))) return null;
  return `Your role, ${access.role}, may not ${ACTS[wanted[0]!]}. An admin can change that.`;
}
