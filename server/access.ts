import { LRUCache } from 'lru-cache';
import type { PrismaClient } from '../generated/prisma/client.js';
import { ROLE_SCOPES, type Scope, scopesOf } from '../runtime/access/access.js';
import { ACCESS_CHANNEL } from '../runtime/access/accounts.js';
import { Listener } from '../runtime/listener.js';
import type { Viewer } from '../schema/context.js';

/** What a token or a session opens. */
export interface Grant {
  viewer: Viewer;
  tokenId: string | null;
  sessionHash: string | null;
  /** Null: does not run out. */
  expiresAt: Date | null;
}

/** How long a grant is believed without a look into the database. Less access is told at once (`ACCESS_CHANNEL`). */
const BELIEVED_MS = 30_000;
const MOST_KEPT = 10_000;
const USED_EVERY_MS = 60_000;

/** Finds out what tokens and sessions are good for, and hears when they no longer are. */
export class Access {
  private readonly kept = new LRUCache<string, { grant: Grant; until: number }>({ max: MOST_KEPT });
  private readonly lost = new Set<(isLost: (grant: Grant) => boolean) => void>();
  private readonly listener: Listener;
  /** How often anybody lost access. What was found out before the last time may no longer hold. */
  losses = 0;

  constructor(
    private readonly db: PrismaClient,
    databaseUrl: string,
  ) {
    this.listener = new Listener(
      databaseUrl,
      ACCESS_CHANNEL,
      (payload) => this.forget(payload),
      // What was told in between is not known: nobody is believed any more, and streams must prove themselves again.
      () => this.forgetAll(),
    );
  }

  start(): Promise<void> {
    return this.listener.ready();
  }

  close(): Promise<void> {
    return this.listener.close();
  }

  /** Calls back with a test for those who lost access. @returns how to stop. */
  onLost(told: (isLost: (grant: Grant) => boolean) => void): () => void {
    this.lost.add(told);
    return () => this.lost.delete(told);
  }

  /** @param hash - of the token, like all hashes here. */
  byToken(hash: string): Promise<Grant | null> {
    return this.remembered(`token ${hash}`, () => this.findToken(hash));
  }

  bySession(hash: string): Promise<Grant | null> {
    return this.remembered(`session ${hash}`, () => this.findSession(hash));
  }

  /** Whether a token or session was good when it last came to this server, and has not lost access since. */
  hasMet(hash: string): boolean {
    return [`token ${hash}`, `session ${hash}`].some((key) => this.kept.get(key)?.grant);
  }

  /** Lets a session that was just made count as met; what it opens is looked up when it is used. */
  async meetSession(hash: string): Promise<void> {
    const grant = await this.findSession(hash);
    if (grant) this.kept.set(`session ${hash}`, { grant, until: 0 });
  }

  private async remembered(key: string, find: () => Promise<Grant | null>): Promise<Grant | null> {
    const now = Date.now();
    const known = this.kept.get(key);
    const grant = known && known.until > now ? known.grant : await this.lookUp(find);
    if (grant && known?.grant !== grant) this.kept.set(key, { grant, until: now + BELIEVED_MS });
    return grant && (grant.expiresAt === null || grant.expiresAt.getTime() > now) ? grant : null;
  }

  /** Again where somebody lost access meanwhile: the answer may be from before, and whoever was told of the loss has not seen it. */
  private async lookUp(find: () => Promise<Grant | null>): Promise<Grant | null> {
    for (;;) {
      const before = this.losses;
      const grant = await find();
      if (before === this.losses) return grant;
    }
  }

  private async findToken(tokenHash: string): Promise<Grant | null> {
    const token = await this.db.apiToken.findUnique({ where: { tokenHash }, include: { account: true } });
    if (!token || token.revokedAt || token.account.disabledAt) return null;
    await this.db.apiToken.updateMany({
      where: {
        id: token.id,
        OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: new Date(Date.now() - USED_EVERY_MS) } }],
      },
      data: { lastUsedAt: new Date() },
    });
    const { account, id, expiresAt } = token;
    // The role may have lost scopes since.
    const scopes = new Set<Scope>(ROLE_SCOPES[account.role].filter((scope) => token.scopes.includes(scope)));
    const viewer = { accountId: account.id, name: account.name, role: account.role, scopes, tokenId: id };
    return { viewer, tokenId: id, sessionHash: null, expiresAt };
  }

  private async findSession(tokenHash: string): Promise<Grant | null> {
    const session = await this.db.session.findUnique({ where: { tokenHash }, include: { account: true } });
    if (!session || session.account?.disabledAt) return null;
    const { account, expiresAt } = session;
    const viewer: Viewer = account
      ? { accountId: account.id, name: account.name, role: account.role, scopes: scopesOf(account.role) }
      : OWNER;
    return { viewer, tokenId: null, sessionHash: tokenHash, expiresAt };
  }

  private forget(payload: string): void {
    this.losses++;
    const [what, id] = payload.split(' ', 2);
    const isLost = ({ viewer, tokenId, sessionHash }: Grant) =>
      id === (what === 'account' ? viewer.accountId : what === 'token' ? tokenId : sessionHash);
    for (const [key, { grant }] of this.kept) if (isLost(grant)) this.kept.delete(key);
    for (const told of this.lost) told(isLost);
  }

  private forgetAll(): void {
    this.losses++;
    this.kept.clear();
    for (const told of this.lost) told(() => true);
  }
}

/** Who set the installation up. */
const OWNER: Viewer = { accountId: null, name: 'Owner', role: 'admin', scopes: scopesOf('admin') };
