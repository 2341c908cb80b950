import type { Prisma } from '../../generated/prisma/client.js';
import type { Role } from '../../generated/prisma/enums.js';
import { ROLE_SCOPES, type Scope } from '../../runtime/access/access.js';
import {
  createAccount,
  createApiToken,
  createSignInCode,
  revokeApiToken,
  signInCodeFor,
  updateAccount,
} from '../../runtime/access/accounts.js';
import { visibleTokens } from '../../runtime/access/ownership.js';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { hashToken, randomToken } from '../../runtime/secrets/secrets.js';
import { builder } from '../builder.js';
import type { Context } from '../context.js';
import { localId, requireLocalId } from '../globalId.js';
import { atMost, MOST } from '../listBounds.js';
import { sorting } from '../sorting.js';
import { containing, FilterText, TEXT_LIMIT } from '../textFilter.js';
import { RoleEnum, ScopeEnum } from './enums.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey, onceFor } from './idempotencyKey.js';

const AccountNode = builder.prismaNode('Account', {
  id: { field: 'id' },
  nullable: true,
  description: 'Somebody who works with the installation: a person of the studio, or a partner.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name, unique.' }),
    role: t.expose('role', { type: RoleEnum, description: 'Decides what they may do.' }),
    scopes: t.field({
      type: [ScopeEnum],
      description: 'What its role may do; tokens have all of it or some.',
      resolve: ({ role }) => ROLE_SCOPES[role],
    }),
    isDisabled: t.boolean({
      description: 'Can do nothing any more; what they did stays theirs.',
      resolve: ({ disabledAt }) => disabledAt !== null,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    tokens: t.relation('tokens', {
      description: `Its API tokens, newest first; ${atMost('tokens')}.`,
      query: { orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: MOST.tokens },
    }),
  }),
});

const ApiTokenNode = builder.prismaNode('ApiToken', {
  id: { field: 'id' },
  nullable: true,
  description: 'A key for programs, sent as `Authorization: Bearer …`.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is for.' }),
    prefix: t.exposeString('prefix', { description: 'How it begins, to tell it by.' }),
    scopes: t.field({
      type: [ScopeEnum],
      description: 'What it may do, as far as the role of its account still may.',
      resolve: ({ scopes }) => scopes as Scope[],
    }),
    account: t.relation('account', { description: 'Whose it is.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it stops working; null: never by itself.',
    }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true, description: 'When it was revoked.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, to the minute; null: never.',
    }),
  }),
});

const CreatedToken = builder.objectRef<{ tokenId: string; secret: string | null }>('CreatedApiToken').implement({
  description: 'A new API token with its text, which is told this once.',
  fields: (t) => ({
    secret: t.exposeString('secret', {
      nullable: true,
      description: 'The token itself. It cannot be read again; null: an earlier request of the same key was told it.',
    }),
    token: t.prismaField({
      type: ApiTokenNode,
      description: 'What is known of it later.',
      resolve: (query, { tokenId }, _args, ctx) =>
        ctx.db.apiToken.findUniqueOrThrow({ ...query, where: { id: tokenId } }),
    }),
  }),
});

const SignInLink = builder.objectRef<{ code: string; expiresAt: Date }>('SignInLink').implement({
  description: 'Signs in whoever opens it first.',
  fields: (t) => ({
    path: t.string({
      description: 'Path and query, to be opened at the address of the console.',
      resolve: ({ code }) => `/sign-in?code=${code}`,
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it stops working.' }),
  }),
});

const ACCOUNT_SORT = sorting(
  'Account',
  { name: 'Its name.', createdAt: 'When it was made.' },
  { by: 'name', direction: 'asc' },
);
const TOKEN_SORT = sorting(
  'ApiToken',
  { createdAt: 'When it was made.', name: 'What it is for.' },
  { by: 'createdAt', direction: 'desc' },
);

interface WantedAccounts {
  text?: string | null | undefined;
  role?: Role[] | null | undefined;
  isDisabled?: boolean | null | undefined;
}
const accountsLike = ({ text, role, isDisabled }: WantedAccounts): Prisma.AccountWhereInput => ({
  name: containing(text),
  role: role ? { in: role } : undefined,
  disabledAt: isDisabled == null ? undefined : isDisabled ? { not: null } : null,
});

interface WantedTokens {
  text?: string | null | undefined;
  accountId?: string | null | undefined;
  usableOnly?: boolean | null | undefined;
}
const usable = (): Prisma.ApiTokenWhereInput => ({
  revokedAt: null,
  account: { disabledAt: null },
  OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }],
});
const tokensLike = ({ text, accountId, usableOnly }: WantedTokens, { viewer }: Context): Prisma.ApiTokenWhereInput => ({
  AND: [visibleTokens(viewer), usableOnly ? usable() : {}],
  name: containing(text),
  accountId: accountId ? localId('Account', accountId) : undefined,
});

builder.queryFields((t) => ({
  accounts: t.prismaConnection({
    authScopes: { admin: true },
    type: AccountNode,
    cursor: 'id',
    description: 'Accounts by name.',
    args: {
      text: t.arg.string({ description: `In the name, in any case; ${TEXT_LIMIT}.`, validate: FilterText }),
      role: t.arg({ type: [RoleEnum], description: 'With any of these roles; all when left out.' }),
      isDisabled: t.arg.boolean({ description: 'Only those that are disabled, or only those that are not.' }),
      orderBy: t.arg(ACCOUNT_SORT.arg),
    },
    totalCount: (_root, args, ctx) => ctx.db.account.count({ where: accountsLike(args) }),
    resolve: (query, _root, { orderBy, ...args }, ctx) =>
      ctx.db.account.findMany({ ...query, where: accountsLike(args), orderBy: ACCOUNT_SORT.orderBy(orderBy) }),
  }),
  apiTokens: t.prismaConnection({
    authScopes: { signedIn: true },
    type: ApiTokenNode,
    cursor: 'id',
    description: "API tokens, newest first: an admin's are all, everybody else's their own.",
    args: {
      text: t.arg.string({ description: `In the name, in any case; ${TEXT_LIMIT}.`, validate: FilterText }),
      accountId: t.arg.id({ description: 'Of this account; all when left out.' }),
      usableOnly: t.arg.boolean({
        defaultValue: false,
        description: 'Only those that still work: not revoked, not expired, of an account that is not disabled.',
      }),
      orderBy: t.arg(TOKEN_SORT.arg),
    },
    totalCount: (_root, args, ctx) => ctx.db.apiToken.count({ where: tokensLike(args, ctx) }),
    resolve: (query, _root, { orderBy, ...args }, ctx) =>
      ctx.db.apiToken.findMany({ ...query, where: tokensLike(args, ctx), orderBy: TOKEN_SORT.orderBy(orderBy) }),
  }),
}));

const CreateAccountInput = builder.inputType('CreateAccountInput', {
  description: 'A new account.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name, unique: 1 to 100 characters.' }),
    role: t.field({ type: RoleEnum, required: true, description: 'Decides what they may do.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

const UpdateAccountInput = builder.inputType('UpdateAccountInput', {
  description: 'What to change; what is left out stays.',
  fields: (t) => ({
    accountId: t.id({ required: true, description: 'Id of the account.' }),
    name: t.string({ description: 'Name, unique: 1 to 100 characters.' }),
    role: t.field({ type: RoleEnum, description: 'Takes effect at once, for tokens too.' }),
    isDisabled: t.boolean({ description: 'True: can do nothing from now on, and open streams end.' }),
  }),
});

const CreateApiTokenInput = builder.inputType('CreateApiTokenInput', {
  description: 'A new API token.',
  fields: (t) => ({
    accountId: t.id({ required: true, description: 'Whose it is.' }),
    name: t.string({ required: true, description: 'What it is for: 1 to 100 characters.' }),
    scopes: t.field({ type: [ScopeEnum], description: "Some of the role's scopes; all when left out." }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it stops working; never when left out.' }),
    idempotencyKey: t.string({
      description: `${IDEMPOTENCY_KEY_DESCRIPTION} The secret is told the first time only.`,
      validate: IdempotencyKey,
    }),
  }),
});

builder.mutationFields((t) => ({
  createAccount: t.prismaField({
    authScopes: { admin: true },
    type: AccountNode,
    description: 'Makes an account.',
    errors: { types: [ValidationError, ConflictError] },
    args: { input: t.arg({ type: CreateAccountInput, required: true, description: 'The new account.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const { id } = await onceFor(ctx, 'createAccount', input, () => createAccount(ctx.platform, input));
      return ctx.db.account.findUniqueOrThrow({ ...query, where: { id } });
    },
  }),
  updateAccount: t.prismaField({
    authScopes: { admin: true },
    type: AccountNode,
    description: 'Renames an account, gives it another role, disables it or takes it back.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: UpdateAccountInput, required: true, description: 'What to change.' }) },
    resolve: async (query, _root, { input }, ctx) => {
      const accountId = requireLocalId('Account', input.accountId);
      await updateAccount(ctx.platform, { ...input, accountId });
      return ctx.db.account.findUniqueOrThrow({ ...query, where: { id: accountId } });
    },
  }),
  createApiToken: t.field({
    authScopes: { admin: true },
    type: CreatedToken,
    description: 'Makes an API token. Its text is in the answer, and nowhere after.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: CreateApiTokenInput, required: true, description: 'The new token.' }) },
    resolve: async (_root, { input }, ctx) => {
      const accountId = requireLocalId('Account', input.accountId);
      let secret: string | null = null;
      const { id } = await onceFor(ctx, 'createApiToken', input, async () => {
        const made = await createApiToken(ctx.platform, { ...input, accountId });
        secret = made.secret;
        return made.token;
      });
      return { tokenId: id, secret };
    },
  }),
  revokeApiToken: t.prismaField({
    authScopes: { admin: true },
    type: ApiTokenNode,
    description: 'Makes a token worthless at once; its open streams end within seconds.',
    errors: { types: [NotFoundError] },
    args: { id: t.arg.id({ required: true, description: 'Id of the token.' }) },
    resolve: async (query, _root, { id }, ctx) => {
      const token = await revokeApiToken(ctx.platform, requireLocalId('ApiToken', id));
      return ctx.db.apiToken.findUniqueOrThrow({ ...query, where: { id: token.id } });
    },
  }),
  createSignInLink: t.field({
    authScopes: { admin: true },
    type: SignInLink,
    description: 'A link that signs somebody of the studio in to the console: once, within a day.',
    errors: { types: [NotFoundError, ConflictError] },
    args: {
      accountId: t.arg.id({ required: true, description: 'Whom it is for.' }),
      idempotencyKey: t.arg.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
    },
    resolve: async (_root, args, ctx) => {
      const id = requireLocalId('Account', args.accountId);
      const { idempotencyKey } = args;
      const code = idempotencyKey
        ? await signInCodeFor(ctx.platform, `${ctx.viewer?.accountId ?? 'owner'} ${idempotencyKey}`)
        : randomToken();
      await onceFor(ctx, 'createSignInLink', args, async () => {
        await createSignInCode(ctx.platform, id, code);
        return { id };
      });
      const made = await ctx.db.signInCode.findUnique({ where: { codeHash: hashToken(code) } });
      if (!made)
        throw new ConflictError('The link of this idempotency key has run out. Ask with another key.', 'LINK_EXPIRED');
      return { code, expiresAt: made.expiresAt };
    },
  }),
}));
