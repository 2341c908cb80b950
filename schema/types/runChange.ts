import { isVisible } from '../../runtime/access/ownership.js';
import type { FeedEntry } from '../../runtime/feed/rows.js';
import { builder } from '../builder.js';
import { feedStream } from '../feedStream.js';
import { localId } from '../globalId.js';
import { NOT_FOR_PARTNERS, studioAsks } from '../partnerView.js';
import { FamilyEnum, RunStatusEnum } from './enums.js';
import { RunNode } from './run.js';

type StatusEntry = FeedEntry & { status: NonNullable<FeedEntry['status']> };

const RunChange = builder.objectRef<StatusEntry>('RunChange').implement({
  description: 'A run was created or changed its status.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Hand it back as `after` to go on after this change.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    status: t.expose('status', { type: RunStatusEnum, description: 'What it changed to.' }),
    run: t.prismaField({
      type: RunNode,
      description: 'The run as it is now; it may have gone on since.',
      resolve: (query, { runId }, _args, ctx) => ctx.db.run.findUniqueOrThrow({ ...query, where: { id: runId } }),
    }),
  }),
});

const RunChangeFilter = builder.inputType('RunChangeFilter', {
  description: 'Which changes; all conditions that are given must hold.',
  fields: (t) => ({
    status: t.field({ type: [RunStatusEnum], description: 'To any of these states.' }),
    family: t.field({ type: FamilyEnum, description: 'Of runs of this family.' }),
    workflowId: t.id({ description: `Of runs of this workflow; ${NOT_FOR_PARTNERS}.` }),
    cadFileId: t.id({ description: `Of runs about this CAD file; ${NOT_FOR_PARTNERS}.` }),
    orderId: t.id({ description: 'Of runs for this order.' }),
    orderLineId: t.id({ description: 'Of runs for this order line.' }),
  }),
});

/** @throws GraphQLError `BAD_ID` */
function matcher(filter: typeof RunChangeFilter.$inferInput | null | undefined) {
  const { status, family } = filter ?? {};
  const workflowId = filter?.workflowId && localId('Workflow', filter.workflowId);
  const cadFileId = filter?.cadFileId && localId('CadFile', filter.cadFileId);
  const orderId = filter?.orderId && localId('Order', filter.orderId);
  const orderLineId = filter?.orderLineId && localId('OrderLine', filter.orderLineId);
  return (entry: FeedEntry): entry is StatusEntry =>
    entry.status !== null &&
    (!status || status.includes(entry.status)) &&
    (!family || family === entry.family) &&
    (!workflowId || workflowId === entry.workflowId) &&
    (!cadFileId || cadFileId === entry.cadFileId) &&
    (!orderId || orderId === entry.orderId) &&
    (!orderLineId || orderLineId === entry.orderLineId);
}

builder.subscriptionField('runChanged', (t) =>
  t.field({
    authScopes: { $any: { view: true, order: true } },
    type: RunChange,
    description: 'Runs as they are created or change their status, without gap or repeat; partners hear of their own.',
    args: {
      filter: t.arg({ type: RunChangeFilter, description: 'Which ones; all when left out.' }),
      after: t.arg.string({
        description: '`cursor` of the last change you have seen, up to a week old; from now on when left out.',
      }),
    },
    subscribe: (_root, { filter, after }, { platform, viewer }) => {
      studioAsks(viewer, { workflowId: filter?.workflowId, cadFileId: filter?.cadFileId });
      const matches = matcher(filter);
      return feedStream(platform.feed, after, (entry) => isVisible(viewer, entry) && matches(entry));
    },
    resolve: (entry) => entry as StatusEntry,
  }),
);
