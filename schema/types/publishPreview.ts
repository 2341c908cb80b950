import type { AffectedOutputType } from '../../runtime/workflows/publishing.js';
import type { GraphDiff } from '../../workflow/diff.js';
import { builder } from '../builder.js';
import { FindingObject } from './finding.js';
import { GraphDiffObject } from './graphDiff.js';
import { OutputTypeNode } from './outputType.js';

const AffectedOutputTypeObject = builder.objectRef<AffectedOutputType>('AffectedOutputType').implement({
  description: 'An output type that runs the workflow.',
  fields: (t) => ({
    outputType: t.field({
      type: OutputTypeNode,
      description: 'The output type.',
      resolve: ({ outputType }) => outputType,
    }),
    losses: t.field({
      type: [FindingObject],
      description:
        'What it would lose by it: what it sells is not made any more or not as its contract says, a setting of it reaches no node, or orders cannot set what they could. Mostly none.',
      resolve: ({ findings }) => findings,
    }),
  }),
});

export interface PublishPreview {
  diff: GraphDiff | null;
  affected: AffectedOutputType[];
}

export const PublishPreviewObject = builder.objectRef<PublishPreview>('PublishPreview').implement({
  description: 'What publishing the draft would change.',
  fields: (t) => ({
    diff: t.field({
      type: GraphDiffObject,
      nullable: true,
      description: 'From the newest version to the draft; null: there is no version yet.',
      resolve: ({ diff }) => diff,
    }),
    affected: t.field({
      type: [AffectedOutputTypeObject],
      description:
        'The output types that run its newest version, in the order they are offered; those with a pinned version stay with it.',
      resolve: ({ affected }) => affected,
    }),
  }),
});
