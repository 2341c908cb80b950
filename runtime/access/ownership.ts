import type { Prisma } from '../../generated/prisma/client.js';
import type { Role } from '../../generated/prisma/enums.js';
import type { FeedEntry } from '../feed/rows.js';
import { ROLE_SCOPES, SCOPES, type Scope } from './access.js';

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

/** To see what others ordered is not yet to change, dispatch or cancel it: that takes `operate` too. */
const handlesOthers = (who: Beholder | null): boolean => seesStudio(who) && who!.scopes.has('operate');

/** Whether somebody may change, dispatch or cancel what this account ordered. */
export const mayHandle = (who: Beholder | null, accountId: string | null): boolean =>
  handlesOthers(who) || (accountId !== null && accountId === who?.accountId);

/** The same of orders that are looked for. */
export const handledOrders = (who: Beholder | null): Prisma.OrderWhereInput =>
  handlesOthers(who) ? {} : { accountId: who?.accountId ?? NOBODY };

/** Of runs. */
export const handledRuns = (who: Beholder | null): Prisma.RunWhereInput =>
  handlesOthers(who) ? {} : { orderLine: { order: handledOrders(who) }, mode: { not: 'shadow' } };

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

const ROLES = Object.entries(ROLE_SCOPES) as [Role, readonly Scope[]][];
const STUDIO_ROLES = ROLES.filter(([, scopes]) => scopes.includes('view')).map(([role]) => role);

/** Others' addresses are nobody's business but the administrators': they may hold keys. What a webhook is told of the studio is not for
 * tokens that may not read it. */
export const visibleWebhooks = (who: Beholder | null): Prisma.WebhookWhereInput =>
  who?.scopes.has('admin')
    ? {}
    : {
        accountId: who?.accountId ?? NOBODY,
        NOT: seesStudio(who) ? undefined : { ownOnly: false, account: { role: { in: STUDIO_ROLES } } },
      };

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
