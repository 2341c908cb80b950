import type { ProfileChanges } from '../../runtime/outputTypes/outputTypes.js';
import { builder } from '../builder.js';
import { requireLocalId } from '../globalId.js';
import { FamilyEnum, VersionPolicyEnum, VisibilityEnum } from './enums.js';

/** What an output type says. One shape for drafts, new ones and changes, so a form can send what it has. */
export const OutputTypeInput = builder.inputType('OutputTypeInput', {
  description:
    'What an output type says. Creating: what is left out has its default. Updating: what is left out stays, null takes it away.',
  fields: (t) => ({
    name: t.string({ description: 'Commercial name, 1 to 200 characters.' }),
    description: t.string({ description: 'What the customer gets, up to 2,000 characters.' }),
    visibility: t.field({ type: VisibilityEnum, description: 'Who may see it; `public` when left out.' }),
    sortOrder: t.int({ description: 'Smaller comes first; 0 when left out.' }),
    family: t.field({ type: FamilyEnum, description: 'Family of its workflow.' }),
    workflowId: t.id({ description: 'The workflow it runs; none: the legacy pipeline.' }),
    versionPolicy: t.field({ type: VersionPolicyEnum, description: 'Which version of it; `latest` when left out.' }),
    pinnedVersionId: t.id({ description: 'The version, where `versionPolicy` is `pinned`.' }),
    artifactKind: t.string({ description: 'What the customer receives, for example `still_image`.' }),
    contract: t.field({
      type: 'JSON',
      description: 'What a delivered file must be; `outputTypeDraft.contractSchema` has its JSON Schema.',
    }),
    overrides: t.field({ type: 'JSON', description: 'Param overrides by param name.' }),
    callerParams: t.field({
      type: 'JSON',
      description: "Params that order lines may set, by name, each with bounds within the module's own, or `{}`.",
    }),
    categoryIds: t.idList({ description: 'Product categories it is for; none: all.' }),
    pricingTierId: t.id({ description: 'What one piece costs.' }),
    constraints: t.field({ type: 'JSON', description: '`{ "materials": [names] }` that order lines may ask for.' }),
    legacySettings: t.field({ type: 'JSON', description: 'Render settings of the old world, kept word for word.' }),
  }),
});

/** Global ids become those of the database; absent fields stay absent. Nulls are the defaults, except where null means "none". */
export function profileFrom(input: typeof OutputTypeInput.$inferInput): ProfileChanges {
  const { workflowId, pinnedVersionId, pricingTierId, categoryIds, ...rest } = input;
  const given: ProfileChanges = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined && value !== null),
  );
  if (workflowId !== undefined) given.workflowId = workflowId && requireLocalId('Workflow', workflowId);
  if (pinnedVersionId !== undefined)
    given.pinnedVersionId = pinnedVersionId && requireLocalId('WorkflowVersion', pinnedVersionId);
  if (pricingTierId !== undefined) given.pricingTierId = pricingTierId && requireLocalId('PricingTier', pricingTierId);
  if (categoryIds !== undefined) given.categoryIds = (categoryIds ?? []).map((id) => requireLocalId('Category', id));
  return given;
}
