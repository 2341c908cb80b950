import { resolveCursorConnection } from '@pothos/plugin-relay';
import { ConflictError, NotFoundError, ValidationError } from '../../runtime/errors.js';
import { requeueStaleAssets } from '../../runtime/requeue.js';
import {
  STALE_REASONS,
  type StaleAsset,
  StaleAssets,
  type StaleFilter,
  type StaleReason,
  type StaleReasonCode,
} from '../../runtime/staleAssets.js';
import { builder, PAGE_SIZE } from '../builder.js';
import { localId, requireLocalId } from '../globalId.js';
import { cursorOf, idOfCursor, ROW_TYPE } from '../pageCursors.js';
import { sorting } from '../sorting.js';
import { AssetNode } from './asset.js';
import { BatchObject, withRuns } from './dispatchBatch.js';
import { IDEMPOTENCY_KEY_DESCRIPTION, IdempotencyKey } from './idempotencyKey.js';

const DESCRIPTIONS: Record<StaleReasonCode, string> = {
  cad_file:
    'The product has another CAD file; or no product has this one any more, and nothing was made of the new one yet.',
  materials: 'A material in use changed, or other ones would be chosen: by the product, a rule, or its category.',
  template: 'The render template changed.',
  workflow: 'Another version of the workflow counts.',
  output_type: 'The output type changed what its runs make.',
};
const ReasonEnum = builder.enumType('StaleReasonCode', {
  description: 'What changed since an asset was made.',
  values: Object.fromEntries(STALE_REASONS.map((code) => [code, { value: code, description: DESCRIPTIONS[code] }])) as {
    [C in StaleReasonCode]: { value: C; description: string };
  },
});

const ReasonObject = builder.objectRef<StaleReason>('StaleReason').implement({
  description: 'Why an asset is out of date.',
  fields: (t) => ({
    code: t.expose('code', { type: ReasonEnum, description: 'What changed.' }),
    message: t.exposeString('message', { description: 'One sentence for people.' }),
  }),
});

const StaleAssetObject = builder.objectRef<StaleAsset>('StaleAsset').implement({
  description: 'A published asset that would not come out the same today.',
  extensions: { [ROW_TYPE]: 'Asset' },
  fields: (t) => ({
    asset: t.field({ type: AssetNode, description: 'The asset.', resolve: ({ asset }) => asset }),
    reasons: t.field({ type: [ReasonObject], description: 'Why, at least one.', resolve: ({ reasons }) => reasons }),
  }),
});

const Filter = builder.inputType('StaleAssetFilter', {
  description: 'Which assets; all conditions that are given must hold.',
  fields: (t) => ({
    productId: t.id({ description: 'Of this product.' }),
    outputTypeId: t.id({ description: 'Of this output type.' }),
    reason: t.field({ type: ReasonEnum, description: 'For this reason, among others.' }),
  }),
});

const filterFrom = (filter: typeof Filter.$inferInput | null | undefined): StaleFilter => ({
  productId: filter?.productId ? localId('Product', filter.productId) : undefined,
  outputTypeId: filter?.outputTypeId ? localId('OutputType', filter.outputTypeId) : undefined,
  reason: filter?.reason ?? undefined,
});

const STANDARD = { by: 'publishedAt', direction: 'asc' } as const;
const STALE_SORT = sorting('StaleAsset', { publishedAt: 'When it was published.' }, STANDARD);

builder.queryField('staleAssets', (t) =>
  t.connection(
    {
      authScopes: { view: true },
      type: StaleAssetObject,
      description:
        'Newest versions of assets of order lines and CAD files that are out of date, and why; oldest first.',
      complexity: 20,
      args: {
        filter: t.arg({ type: Filter, description: 'Which ones; all when left out.' }),
        orderBy: t.arg(STALE_SORT.arg),
      },
      resolve: async (_root, { filter, orderBy, ...args }, ctx) => {
        const stale = new StaleAssets({ ...ctx.platform, db: ctx.db, pool: ctx.statements }, filterFrom(filter));
        const direction = orderBy?.direction ?? STANDARD.direction;
        const page = await resolveCursorConnection<Promise<StaleAsset[]>>(
          { args, defaultSize: PAGE_SIZE.default, maxSize: PAGE_SIZE.max, toCursor: ({ asset }) => cursorOf(asset.id) },
          ({ after, before, limit, inverted }) =>
            stale.page({ after: idOfCursor(after), before: idOfCursor(before), limit, direction, isFromEnd: inverted }),
        );
        // As of all other lists.
        const nowhere = page.edges.length === 0 && {
          pageInfo: { ...page.pageInfo, startCursor: null, endCursor: null },
        };
        return { ...page, ...nowhere, stale };
      },
    },
    {
      fields: (connection) => ({
        totalCount: connection.int({ resolve: ({ stale }) => stale.count() }),
      }),
    },
  ),
);

const RequeueInput = builder.inputType('RequeueStaleAssetsInput', {
  description: 'Which assets to make anew.',
  fields: (t) => ({
    assetIds: t.idList({ description: 'These, at most 500. Left out: the 500 oldest that `filter` lets through.' }),
    filter: t.field({ type: Filter, description: 'Which ones; all when left out.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY_DESCRIPTION, validate: IdempotencyKey }),
  }),
});

builder.mutationField('requeueStaleAssets', (t) =>
  t.field({
    type: BatchObject,
    authScopes: { operate: true },
    description:
      'Dispatches the order lines of assets that are out of date once more, and takes their CAD files in once more, or those that their products have now. Those that are up to date are left alone; what was delivered stays until the new version is published.',
    errors: { types: [ValidationError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: RequeueInput, required: true, description: 'Which assets.' }) },
    resolve: async (_root, { input }, ctx) => {
      const { idempotencyKey, filter } = input;
      const assetIds = input.assetIds?.map((id) => requireLocalId('Asset', id));
      const request = { assetIds, filter: filterFrom(filter), idempotencyKey };
      const { lines, cadFiles } = await requeueStaleAssets(ctx.platform, request, ctx.viewer!);
      return withRuns(ctx, lines, cadFiles);
    },
  }),
);
