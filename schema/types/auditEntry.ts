import type { Prisma } from '../../generated/prisma/client.js';
import { builder } from '../builder.js';
import { encodeGlobalId, localId } from '../globalId.js';
import { sorting } from '../sorting.js';
import { containing, FilterText, TEXT_LIMIT } from '../textFilter.js';

const AuditEntryNode = builder.prismaNode('AuditEntry', {
  id: { field: 'id' },
  nullable: true,
  description: 'One mutation somebody sent, and what became of it; of saved drafts, one sitting.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When; the first time, where it was sent several `times`.' }),
    times: t.exposeInt('times', {
      description:
        'How often it was sent: drafts are saved by themselves while somebody edits, and what is less than ten minutes apart is one entry; so is what one refused document names several times. `input` and `tookMs` are of the last time.',
    }),
    lastAt: t.expose('lastAt', { type: 'DateTime', description: 'When it was sent last.' }),
    actor: t.exposeString('actor', { description: 'Their name at the time.' }),
    accountId: t.id({
      nullable: true,
      description: "Their account; null: the installation's owner.",
      resolve: ({ accountId }) => accountId && encodeGlobalId('Account', accountId),
    }),
    mutation: t.exposeString('mutation', { description: 'Name of the mutation.' }),
    input: t.field({
      type: 'JSON',
      description: 'Its arguments; secrets are left out and long values are cut.',
      resolve: ({ input }) => input,
    }),
    outcome: t.exposeString('outcome', {
      description: '`ok`, or the code of the error, also of what was refused before it could begin.',
    }),
    tookMs: t.exposeInt('tookMs', { description: 'How long it took, in milliseconds.' }),
  }),
});

const AuditFilter = builder.inputType('AuditFilter', {
  description: 'Which entries; all conditions that are given must hold.',
  fields: (t) => ({
    accountId: t.id({ description: 'Of this account.' }),
    actor: t.string({
      description: `With this in their name at the time, in any case; ${TEXT_LIMIT}.`,
      validate: FilterText,
    }),
    mutation: t.string({
      description: `With this in the name of the mutation, in any case; ${TEXT_LIMIT}.`,
      validate: FilterText,
    }),
    outcome: t.stringList({ description: 'With any of these outcomes: `ok`, or codes of errors.' }),
    failedOnly: t.boolean({ description: 'Only those that did not go well.' }),
    from: t.field({ type: 'DateTime', description: 'From this moment on.' }),
    to: t.field({ type: 'DateTime', description: 'Before this moment.' }),
  }),
});

function where(filter: typeof AuditFilter.$inferInput | null | undefined): Prisma.AuditEntryWhereInput {
  const { accountId, actor, mutation, outcome, failedOnly, from, to } = filter ?? {};
  return {
    accountId: accountId ? localId('Account', accountId) : undefined,
    actor: containing(actor),
    mutation: containing(mutation),
    outcome: outcome ? { in: outcome } : undefined,
    NOT: failedOnly ? { outcome: 'ok' } : undefined,
    at: { gte: from ?? undefined, lt: to ?? undefined },
  };
}

const AUDIT_SORT = sorting('AuditEntry', { at: 'When it was sent.' }, { by: 'at', direction: 'desc' });

builder.queryField('auditTrail', (t) =>
  t.prismaConnection({
    authScopes: { admin: true },
    type: AuditEntryNode,
    cursor: 'id',
    description: 'Every mutation that was sent, newest first.',
    args: {
      filter: t.arg({ type: AuditFilter, description: 'Which ones; all when left out.' }),
      orderBy: t.arg(AUDIT_SORT.arg),
    },
    totalCount: (_root, { filter }, ctx) => ctx.db.auditEntry.count({ where: where(filter) }),
    resolve: (query, _root, { filter, orderBy }, ctx) =>
      ctx.db.auditEntry.findMany({ ...query, where: where(filter), orderBy: AUDIT_SORT.orderBy(orderBy) }),
  }),
);
