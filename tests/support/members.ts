import type { Role } from '../../generated/prisma/enums.js';
import type { Scope } from '../../runtime/access/access.js';
import { createAccount, createApiToken } from '../../runtime/access/accounts.js';
import type { Platform } from '../../runtime/platform.js';

let made = 0;

/** Somebody with an account of this role, a token for it, and the headers that prove it. */
export async function createMember(
  platform: Platform,
  role: Role,
  { name = `${role} ${++made}`, scopes }: { name?: string; scopes?: Scope[] } = {},
) {
  const account = await createAccount(platform, { name, role });
  const { token, secret } = await createApiToken(platform, { accountId: account.id, name: 'Test', scopes });
  return { account, token, secret, headers: { authorization: `Bearer ${secret}` } };
}
