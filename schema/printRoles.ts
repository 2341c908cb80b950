import { fileURLToPath } from 'node:url';
import type { GraphQLField, GraphQLObjectType } from 'graphql';
import { ROLE_SCOPES, type Scope } from '../runtime/access/access.js';
import { schema } from './index.js';
import { EXPERIMENTAL } from './stability.js';

export const ROLES_FILE = fileURLToPath(new URL('../docs/roles.md', import.meta.url));

type Role = keyof typeof ROLE_SCOPES;
const ROLES = Object.keys(ROLE_SCOPES) as Role[];

/** Scopes of which one must be there; empty: whoever is signed in. */
export type Needed = readonly Scope[];

/** Which scopes a root field asks for. Null: it says nothing, or something this cannot read. */
export function scopesNeeded(field: GraphQLField<unknown, unknown>): Needed | null {
  // They look at each object by itself (`mayReach`).
  if (field.name === 'node' || field.name === 'nodes') return [];
  const declared = (field.extensions as { pothosOptions?: { authScopes?: unknown } }).pothosOptions?.authScopes;
  if (typeof declared !== 'object' || declared === null) return null;
  const { $any: any, signedIn, ...all } = declared as Record<string, unknown>;
  const names = Object.keys((any as object | undefined) ?? all);
  if (any ? Object.keys(all).length > 0 : names.length > 1) return null;
  return names.length > 0 || signedIn === true ? (names as Scope[]) : null;
}

/** Whether somebody of a role may use what needs these scopes. */
export const mayUse = (role: Role, needed: Needed): boolean =>
  needed.length === 0 || (ROLE_SCOPES[role] as readonly Scope[]).some((scope) => needed.includes(scope));

function table(type: GraphQLObjectType): string {
  const rows = Object.values(type.getFields())
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((field) => {
      const needed = scopesNeeded(field);
      if (!needed) throw new Error(`${type.name}.${field.name} does not say who may use it`);
      const asked = needed.map((scope) => `\`${scope}\``).join(' or ') || 'signed in';
      const roles = ROLES.map((role) => (mayUse(role, needed) ? 'yes' : '–')).join(' | ');
      const stability = EXPERIMENTAL[`${type.name}.${field.name}`] ? 'experimental' : 'stable';
      return `| \`${field.name}\` | ${asked} | ${roles} | ${stability} |`;
    });
  const head = `| field | needs | ${ROLES.join(' | ')} | stability |\n| --- | --- |${' --- |'.repeat(ROLES.length)} --- |`;
  return `## ${type.name}\n\n${head}\n${rows.join('\n')}\n`;
}

/** docs/roles.md: who may use which root field, as the schema says it. */
export function printRoles(): string {
  const types = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return `# Who may use what

Printed from the schema by \`npm run generate\`. A token has the scopes of its role, or fewer. Partners see their own orders, runs and
assets only, and of each type only the fields that are for them (\`schema/partnerView.ts\`); \`node\` and \`nodes\` find what somebody may
see and answer null for the rest. Where \`order\` or \`operate\` is needed, \`order\` alone is for what one's own account ordered, whatever else
one may see. What stable and experimental mean: \`docs/api.md\`.

${types.map((type) => table(type!)).join('\n')}`;
}
