import type { Prisma } from '../../generated/prisma/client.js';
import type { FeedEntry } from '../feed/rows.js';
import { SCOPES, type Scope } from './access.js';

/** As much of somebody as decides what they may see. */
export interface Beholder {
  accountId: string | null;
  scopes: ReadonlySet<Scope>;
}

/** Of the installation itself: scripts and seeds. */
export const OWNER: Beholder = { accountId: null, scopes: new Set(SCOPES) };

/** The studio sees everything; who may only order sees what their orders brought about. */
export const seesStudio = (who: Beholder | null): boolean => who?.scopes.has('view') ?? false;

/** No account has it: what belongs to nobody belongs to no partner either. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

export const visibleOrders = (who: Beholder | null): Prisma.OrderWhereInput =>
  seesStudio(who) ? {} : { accountId: who?.accountId ?? NOBODY };

export const visibleOrderLines = (who: Beholder | null): Prisma.OrderLineWhereInput =>
  seesStudio(who) ? {} : { order: visibleOrders(who) };

/** Shadow runs are the studio's own business, whoever ordered. */
export const visibleRuns = (who: Beholder | null): Prisma.RunWhereInput =>
  seesStudio(who) ? {} : { orderLine: visibleOrderLines(who), mode: { not: 'shadow' } };

export const visibleAssets = (who: Beholder | null): Prisma.AssetWhereInput =>
  seesStudio(who) ? {} : { orderLine: visibleOrderLines(who) };

/** Of files only what was delivered. */
export const visibleArtifacts = (who: Beholder | null): Prisma.ArtifactWhereInput =>
  seesStudio(who)
    ? {}
    : { OR: [{ assets: { some: visibleAssets(who) } }, { files: { some: { asset: visibleAssets(who) } } }] };

/** Others' addresses are nobody's business but the administrators': they may hold keys. */
export const visibleWebhooks = (who: Beholder | null): Prisma.WebhookWhereInput =>
  who?.scopes.has('admin') ? {} : { accountId: who?.accountId ?? NOBODY };

/** Everybody sees their own, administrators all. */
export const visibleTokens = (who: Beholder | null): Prisma.ApiTokenWhereInput =>
  who?.scopes.has('admin') ? {} : { accountId: who?.accountId ?? NOBODY };

export const visibleOutputTypes = (who: Beholder | null): Prisma.OutputTypeWhereInput =>
  seesStudio(who) ? {} : { visibility: 'public', archivedAt: null };

/** As `visibleRuns` and `visibleAssets` say, of what happened to one. */
export const isVisible = (who: Beholder | null, { accountId, mode }: FeedEntry): boolean =>
  seesStudio(who) || (accountId !== null && accountId === who?.accountId && mode !== 'shadow');

/** Two with the same sight see the same and may do the same. */
export const sightOf = (who: Beholder | null): string =>
  who ? [...who.scopes].sort().join(' ') + (seesStudio(who) ? '' : ` of ${who.accountId}`) : '';
