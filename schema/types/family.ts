import type { Family } from '../../modules/define.js';
import {
  FAMILY_DEFINITIONS,
  type FamilyDefinition,
  familiesAbout,
  type PaletteGroup,
  RUN_SUBJECTS,
  type RunSubject,
} from '../../workflow/families.js';
import { type LegalLink, legalLinks } from '../../workflow/links.js';
import { definitionsOfFamily, type NodeDefinition } from '../../workflow/nodeDefinition.js';
import { nodePolicySchema } from '../../workflow/nodePolicy.js';
import { STARTERS } from '../../workflow/starters/index.js';
import { builder } from '../builder.js';
import { FamilyEnum, RunSubjectEnum } from './enums.js';
import { PreflightCheckEnum } from './preflightCheck.js';
import { WorkflowStarterObject } from './workflowStarter.js';

const PaletteGroupObject = builder.objectRef<PaletteGroup>('PaletteGroup').implement({
  description: 'A heading of the palette.',
  fields: (t) => ({
    key: t.exposeString('key', { description: '`category` of the node definitions below it.' }),
    label: t.exposeString('label', { description: 'Name for people.' }),
    description: t.exposeString('description', { description: 'What its nodes are for.' }),
  }),
});

const FamilyObject = builder.objectRef<FamilyDefinition>('FamilyDefinition').implement({
  description: 'Everything that differs between the kinds of workflow.',
  fields: (t) => ({
    family: t.field({ type: FamilyEnum, description: 'Its key.', resolve: ({ key }) => key }),
    label: t.exposeString('label', { description: 'Name for people.' }),
    description: t.exposeString('description', { description: 'What its runs do.' }),
    subject: t.expose('subject', { type: RunSubjectEnum, description: 'What each of its runs is about.' }),
    entryLabel: t.string({
      description: 'What a run is about, in the words of a form.',
      resolve: ({ subject }) => RUN_SUBJECTS[subject].label,
    }),
    entrySlots: t.stringList({
      description: 'Values that every run of the family has from its entry; ports name them.',
      resolve: ({ entrySlots }) => [...entrySlots],
    }),
    paletteGroups: t.field({
      type: [PaletteGroupObject],
      description: 'Headings of its palette, in order.',
      resolve: ({ paletteGroups }) => [...paletteGroups],
    }),
    expectedRoles: t.stringList({
      description: 'Artifact roles that a useful workflow of the family makes; a missing one is a warning.',
      resolve: ({ expectedRoles }) => [...expectedRoles],
    }),
    preflightChecks: t.field({
      type: [PreflightCheckEnum],
      description: 'What is looked at before a run of the family, in the order it is shown.',
      resolve: ({ preflightChecks }) => [...preflightChecks],
    }),
    allowedSteps: t.stringList({
      description: 'Steps of the node definitions its workflows may use.',
      resolve: ({ key }, _args, { platform }) =>
        definitionsOfFamily(platform.nodeDefinitions, key).map(({ step }) => step),
    }),
    nodePolicySchema: t.field({
      type: 'JSON',
      description:
        'JSON Schema of what a node may say about how it runs, beside its params: `onFailure`, `retry`, `timeoutMs`.',
      resolve: ({ key }) => nodePolicySchema(key),
    }),
    hasLegacyPipeline: t.exposeBoolean('hasLegacyPipeline', {
      description: 'Whether there is an old pipeline to fall back to.',
    }),
    starters: t.field({
      type: [WorkflowStarterObject],
      description: 'Workflows to begin with.',
      resolve: ({ key }) => STARTERS.filter(({ family }) => family === key),
    }),
  }),
});

const LinkEnd = builder.objectRef<LegalLink['from']>('LinkEnd').implement({
  description: 'A port of a kind of node.',
  fields: (t) => ({
    step: t.exposeString('step', { description: 'Step of the node definition.' }),
    port: t.exposeString('port', { description: 'Name of the port.' }),
  }),
});

const LegalLinkObject = builder.objectRef<LegalLink>('LegalLink').implement({
  description: 'An output and an input that may be connected.',
  fields: (t) => ({
    from: t.expose('from', { type: LinkEnd, description: 'The output.' }),
    to: t.expose('to', { type: LinkEnd, description: 'The input.' }),
  }),
});

const linksOf = new WeakMap<readonly NodeDefinition[], Map<string, LegalLink[]>>();

/** Definitions live as long as the process, and so does the answer. */
function linksAmong(all: readonly NodeDefinition[], family: FamilyDefinition['key']): LegalLink[] {
  const known = linksOf.get(all) ?? new Map<string, LegalLink[]>();
  linksOf.set(all, known);
  const links = known.get(family) ?? legalLinks(definitionsOfFamily(all, family));
  known.set(family, links);
  return links;
}

/** Prisma's condition for a `family`: this one, and one of those whose runs are about this. */
export const familyWhere = (family: Family | null | undefined, subject: RunSubject | null | undefined) => ({
  equals: family ?? undefined,
  in: subject ? familiesAbout(subject) : undefined,
});

builder.queryFields((t) => ({
  families: t.field({
    type: [FamilyObject],
    authScopes: { $any: { view: true, order: true } },
    description: 'The kinds of workflow there are, with what editors need to know of them.',
    resolve: () => Object.values(FAMILY_DEFINITIONS),
  }),
  legalLinks: t.field({
    type: [LegalLinkObject],
    authScopes: { view: true },
    complexity: { field: 10, multiplier: 1 },
    description:
      'Every connection that may be made between nodes of a family, so that an editor can judge while somebody drags. It is the rule that validation goes by.',
    args: { family: t.arg({ type: FamilyEnum, required: true, description: 'Family of the workflow.' }) },
    resolve: (_root, { family }, { platform }) => linksAmong(platform.nodeDefinitions, family),
  }),
}));
