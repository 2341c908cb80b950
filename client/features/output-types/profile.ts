import { choicesOf } from '../../forms/choices.js';
import type { EditedOutputTypeQuery, OutputTypeDraftQuery, OutputTypeInput } from '../../gql/graphql.js';

export type Draft = OutputTypeDraftQuery['outputTypeDraft'];
export type Json = Record<string, unknown>;

/** The five steps, in their order; keys as in the API. */
export const STEPS = [
  { key: 'family', label: 'Family', help: 'What its runs are about.' },
  { key: 'workflow', label: 'Workflow', help: 'What makes it.' },
  { key: 'artifact', label: 'Artifact', help: 'What the customer receives.' },
  { key: 'overrides', label: 'Settings', help: 'What it sets, and what callers may set.' },
  { key: 'terms', label: 'Terms', help: 'Name, price, categories, materials.' },
] as const;
export type Step = (typeof STEPS)[number]['key'];

/** What every step gets. */
export interface StepProps {
  profile: OutputTypeInput;
  draft: Draft | null;
  onChange: (changes: OutputTypeInput) => void;
}

export const EMPTY_PROFILE: OutputTypeInput = { family: 'order_line', name: '' };

/** What is stored, as the wizard edits it. */
export function profileOf(type: NonNullable<EditedOutputTypeQuery['outputType']>): OutputTypeInput {
  const {
    id: _id,
    revision: _revision,
    __typename: _,
    workflow,
    pinnedVersion,
    pricingTier,
    categories,
    ...rest
  } = type as typeof type & { __typename?: string };
  return {
    ...rest,
    workflowId: workflow?.id ?? null,
    pinnedVersionId: pinnedVersion?.id ?? null,
    pricingTierId: pricingTier?.id ?? null,
    categoryIds: categories.map(({ id }) => id),
  };
}

/** Another family or workflow: what followed from the old one no longer holds. */
export const withoutWorkflow: OutputTypeInput = {
  workflowId: null,
  versionPolicy: 'latest',
  pinnedVersionId: null,
  overrides: {},
  callerParams: {},
};

/** The form of the bounds that a setting can be given: numbers get the least and the most, choices the values that are left, groups
 * theirs by name. Null: it has no bounds that a form could ask for. */
export function boundsSchema(schema: Json): Json | null {
  const lookup = schema['x-lookup'];
  const choices = choicesOf(schema);
  if (choices || (lookup !== undefined && schema.type === 'string')) {
    const items = choices ? { oneOf: choices } : { type: 'string', 'x-lookup': lookup };
    const help = 'None ticked: any.';
    return {
      type: 'object',
      properties: { enum: { type: 'array', title: 'Only', description: help, uniqueItems: true, items } },
    };
  }
  if (schema.type === 'number' || schema.type === 'integer') {
    const { type, minimum, maximum } = schema;
    const bound = (title: string) => ({
      type,
      title,
      ...(minimum !== undefined && { minimum }),
      ...(maximum !== undefined && { maximum }),
    });
    return { type: 'object', properties: { minimum: bound('At least'), maximum: bound('At most') } };
  }
  if (schema.type !== 'object') return null;
  const parts = Object.entries((schema.properties ?? {}) as Record<string, Json>).flatMap(([name, part]) => {
    const bounds = boundsSchema(part);
    return bounds ? [[name, { ...bounds, title: part.title ?? name }] as const] : [];
  });
  if (parts.length === 0) return null;
  return {
    type: 'object',
    properties: { properties: { type: 'object', title: 'Bounds', properties: Object.fromEntries(parts) } },
  };
}

/** Without what was left empty. */
export function pruned(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value)
    .map(([name, each]) => [name, pruned(each)] as const)
    .filter(([, each]) => each !== undefined && !isEmpty(each));
  return Object.fromEntries(kept);
}

const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
