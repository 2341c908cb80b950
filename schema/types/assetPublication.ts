import { isVisible } from '../../runtime/access/ownership.js';
import type { FeedEntry } from '../../runtime/feed/rows.js';
import { builder } from '../builder.js';
import { feedStream } from '../feedStream.js';
import { localId } from '../globalId.js';

type AssetEntry = FeedEntry & { assetId: string };

const AssetPublication = builder.objectRef<AssetEntry>('AssetPublication').implement({
  description: 'An asset was published.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Hand it back as `after` to go on after this one.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    asset: t.prismaField({
      type: 'Asset',
      description: 'The asset as it is now.',
      resolve: (query, { assetId }, _args, ctx) => ctx.db.asset.findUniqueOrThrow({ ...query, where: { id: assetId } }),
    }),
  }),
});

const AssetPublicationFilter = builder.inputType('AssetPublicationFilter', {
  description: 'Which assets; all conditions that are given must hold.',
  fields: (t) => ({
    productId: t.id({ description: 'Of this product.' }),
    outputTypeId: t.id({ description: 'Of this output type.' }),
    orderId: t.id({ description: 'Made for this order.' }),
    orderLineId: t.id({ description: 'Made for this order line.' }),
  }),
});

/** @throws GraphQLError `BAD_ID` */
function matcher(filter: typeof AssetPublicationFilter.$inferInput | null | undefined) {
  const productId = filter?.productId && localId('Product', filter.productId);
  const outputTypeId = filter?.outputTypeId && localId('OutputType', filter.outputTypeId);
  const orderId = filter?.orderId && localId('Order', filter.orderId);
  const orderLineId = filter?.orderLineId && localId('OrderLine', filter.orderLineId);
  return (entry: FeedEntry): entry is AssetEntry =>
    entry.assetId !== null &&
    (!productId || productId === entry.productId) &&
    (!outputTypeId || outputTypeId === entry.outputTypeId) &&
    (!orderId || orderId === entry.orderId) &&
    (!orderLineId || orderLineId === entry.orderLineId);
}

builder.subscriptionField('assetPublished', (t) =>
  t.field({
    authScopes: { $any: { view: true, order: true } },
    type: AssetPublication,
    description: 'Assets as they are published, without gap or repeat; partners hear of their own.',
    args: {
      filter: t.arg({ type: AssetPublicationFilter, description: 'Which ones; all when left out.' }),
      after: t.arg.string({
        description: '`cursor` of the last one you have seen, up to a week old; from now on when left out.',
      }),
    },
    subscribe: (_root, { filter, after }, { platform, viewer }) => {
      const matches = matcher(filter);
      return feedStream(platform.feed, after, (entry) => isVisible(viewer, entry) && matches(entry));
    },
    resolve: (entry) => entry as AssetEntry,
  }),
);
