import { createHmac } from 'node:crypto';
import { type Account, type ApiToken, Prisma, type Role } from '../../generated/prisma/client.js';
import { isUniqueViolation } from '../databaseErrors.js';
import { ConflictError, type FieldIssue, NotFoundError, ValidationError } from '../errors.js';
import type { Platform } from '../platform.js';
import { hashToken, randomToken } from '../secrets/secrets.js';
import { ROLE_SCOPES, type Scope } from './access.js';

/** Tells every server that somebody may do less than before; the payload names whom: `account <id>`, `token <id>` or `session <hash>`. */
export const ACCESS_CHANNEL = 'hartomat_access';
const LINK_MINUTES = 24 * 60;
const PREFIX_LENGTH = 8;
/** Marks our tokens, for those who look for leaked ones. */
const TOKEN_MARK = 'hm_';

type Parts = Pick<Platform, 'db'>;

async function tellLessAccess(tx: Prisma.TransactionClient, whose: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify(${ACCESS_CHANNEL}, ${whose})`;
}

function checkedName(name: string, path: string): string {
  const trimmed = name.trim();
  if (trimmed.length < 1 || trimmed.length > 100)
    throw new ValidationError('Give a name of 1 to 100 characters.', [{ path, message: 'From 1 to 100 characters.' }]);
  return trimmed;
}

const nameTaken = (name: string) => new ConflictError(`There is an account "${name}" already.`, 'NAME_TAKEN');

/** @throws ValidationError, ConflictError `NAME_TAKEN` */
export async function createAccount({ db }: Parts, input: { name: string; role: Role }): Promise<Account> {
  const name = checkedName(input.name, '/name');
  try {
    return await db.account.create({ data: { name, role: input.role } });
  } catch (error) {
    throw isUniqueViolation(error) ? nameTaken(name) : error;
  }
}

export interface AccountChange {
  accountId: string;
  name?: string | null;
  role?: Role | null;
  /** True: can do nothing from now on, and open streams end. */
  isDisabled?: boolean | null;
}

/** @throws ValidationError, NotFoundError, ConflictError `NAME_TAKEN` */
export async function updateAccount({ db }: Parts, change: AccountChange): Promise<Account> {
  const { accountId, name, role, isDisabled } = change;
  const data: Prisma.AccountUpdateInput = {
    ...(name != null && { name: checkedName(name, '/name') }),
    ...(role != null && { role }),
    ...(isDisabled != null && { disabledAt: isDisabled ? new Date() : null }),
  };
  try {
    return await db.$transaction(async (tx) => {
      const account = await tx.account.update({ where: { id: accountId }, data });
      if (role != null || isDisabled) await tellLessAccess(tx, `account ${accountId}`);
      return account;
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken(String(name));
    if (isMissing(error)) throw new NotFoundError('account', accountId);
    throw error;
  }
}

export interface NewToken {
  accountId: string;
  name: string;
  /** Null: all of the role. */
  scopes?: readonly Scope[] | null;
  /** Null: does not run out. */
  expiresAt?: Date | null;
}

/** Makes a token. Its text is told this once; the database keeps a hash.
 * @throws ValidationError, NotFoundError, ConflictError `ACCOUNT_DISABLED` */
export async function createApiToken({ db }: Parts, input: NewToken): Promise<{ token: ApiToken; secret: string }> {
  const account = await db.account.findUnique({ where: { id: input.accountId } });
  if (!account) throw new NotFoundError('account', input.accountId);
  if (account.disabledAt)
    throw new ConflictError(`"${account.name}" is disabled, so it gets no tokens.`, 'ACCOUNT_DISABLED');
  const allowed: readonly Scope[] = ROLE_SCOPES[account.role];
  const scopes = input.scopes ?? allowed;
  const issues: FieldIssue[] = scopes
    .filter((scope) => !allowed.includes(scope))
    .map((scope) => ({ path: '/scopes', message: `A ${account.role} may not "${scope}".` }));
  if (scopes.length === 0) issues.push({ path: '/scopes', message: 'A token needs at least one scope.' });
  if (input.expiresAt && input.expiresAt <= new Date())
    issues.push({ path: '/expiresAt', message: 'This time has passed.' });
  if (issues.length > 0) throw new ValidationError(`The token was not made: ${issues[0]!.message}`, issues);
  const secret = `${TOKEN_MARK}${randomToken()}`;
  const token = await db.apiToken.create({
    data: {
      accountId: account.id,
      name: checkedName(input.name, '/name'),
      tokenHash: hashToken(secret),
      prefix: secret.slice(0, PREFIX_LENGTH),
      scopes: [...new Set(scopes)],
      expiresAt: input.expiresAt ?? null,
    },
  });
  return { token, secret };
}

/** What the token set up ends with it: webhooks are told nothing any more. Revoking twice does no harm.
 * @throws NotFoundError */
export async function revokeApiToken({ db }: Parts, tokenId: string): Promise<ApiToken> {
  return db.$transaction(async (tx) => {
    await tx.apiToken.updateMany({ where: { id: tokenId, revokedAt: null }, data: { revokedAt: new Date() } });
    const token = await tx.apiToken.findUnique({ where: { id: tokenId } });
    if (!token) throw new NotFoundError('token', tokenId);
    await tx.webhook.updateMany({
      where: { tokenId, disabledAt: null },
      data: { disabledAt: token.revokedAt, disabledReason: `Its token "${token.name}" was revoked.` },
    });
    await tellLessAccess(tx, `token ${tokenId}`);
    return token;
  });
}

/** Ends a session; its open streams end too. */
export async function endSession({ db }: Parts, sessionHash: string): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.session.deleteMany({ where: { tokenHash: sessionHash } });
    await tellLessAccess(tx, `session ${sessionHash}`);
  });
}

/** The sign-in code that belongs to a text: whoever may ask for it again is told it again, and the database has only its hash. */
export async function signInCodeFor({ secrets }: Pick<Platform, 'secrets'>, text: string): Promise<string> {
  const key = await secrets.key('sign-in-codes');
  return createHmac('sha256', key).update(text).digest('base64url');
}

/** Makes a code sign somebody of the studio in to the console, once, within a day.
 * @throws NotFoundError, ConflictError `ACCOUNT_DISABLED`, `ROLE_WITHOUT_CONSOLE` */
export async function createSignInCode({ db }: Parts, accountId: string, code: string): Promise<void> {
  const account = await db.account.findUnique({ where: { id: accountId } });
  if (!account) throw new NotFoundError('account', accountId);
  if (account.disabledAt)
    throw new ConflictError(`"${account.name}" is disabled and cannot sign in.`, 'ACCOUNT_DISABLED');
  if (account.role === 'partner')
    throw new ConflictError('Partners work with API tokens; the console is for the studio.', 'ROLE_WITHOUT_CONSOLE');
  const expiresAt = new Date(Date.now() + LINK_MINUTES * 60_000);
  await db.signInCode.deleteMany({ where: { expiresAt: { lt: new Date() } } });
  const codeHash = hashToken(code);
  // One that is there already, used or not, stays as it is.
  await db.signInCode.upsert({ where: { codeHash }, create: { codeHash, expiresAt, accountId }, update: {} });
}

const isMissing = (error: unknown) => error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2025';
