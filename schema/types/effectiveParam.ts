import type { EffectiveParam } from '../../workflow/effectiveParams.js';
import type { ParamOrigin } from '../../workflow/invocation.js';
import { builder } from '../builder.js';

const ORIGINS: Record<ParamOrigin, string> = {
  module_default: 'The module itself.',
  node: 'The node of the workflow.',
  output_type: 'An override of the output type.',
  order_line: 'An option of the order line.',
};

const ParamOriginEnum = builder.enumType('ParamOrigin', {
  description: 'The layer that sets a param. Each wins over those before it.',
  values: Object.fromEntries(
    Object.entries(ORIGINS).map(([value, description]) => [value, { value, description }]),
  ) as { [K in ParamOrigin]: { value: K; description: string } },
});

export const EffectiveParamObject = builder.objectRef<EffectiveParam>('EffectiveParam').implement({
  description: 'One param of one node as a run would have it.',
  fields: (t) => ({
    nodeId: t.exposeString('nodeId', { description: 'Id of the node in the graph.' }),
    nodeLabel: t.exposeString('nodeLabel', { description: 'What people call the node.' }),
    name: t.exposeString('name', { description: 'Name of the param.' }),
    title: t.exposeString('title', { description: 'What people call the param.' }),
    value: t.field({ type: 'JSON', nullable: true, description: 'Its value.', resolve: ({ value }) => value }),
    origin: t.expose('origin', { type: ParamOriginEnum, description: 'The layer that set it.' }),
    without: t.field({
      type: 'JSON',
      nullable: true,
      description:
        "What it would be if that layer said nothing; null for a module's own default, and where nothing would be set.",
      resolve: ({ without }) => without,
    }),
    isOpen: t.exposeBoolean('isOpen', { description: 'Whether output types may override it.' }),
  }),
});
