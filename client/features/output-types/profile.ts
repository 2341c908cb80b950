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

/** What can be bounded of a value that is no choice: the words of JSON Schema for the least and the most, and theirs for people. */
const BOUNDS: Record<string, { names: readonly [string, string]; titles: readonly [string, string] }> = {
  number: { names: ['minimum', 'maximum'], titles: ['At least', 'At most'] },
  integer: { names: ['minimum', 'maximum'], titles: ['At least', 'At most'] },
  string: { names: ['minLength', 'maxLength'], titles: ['At least (characters)', 'At most (characters)'] },
  array: { names: ['minItems', 'maxItems'], titles: ['At least (entries)', 'At most (entries)'] },
};

/** The form of the bounds that a setting can be given: numbers get the least and the most, texts and lists how long they are, choices
 * and colours the values that are left, groups theirs by name. Null: it has no bounds that a form could ask for. */
export function boundsSchema(schema: Json): Json | null {
  const items = valuesLeft(schema);
  if (items) {
    const description = choicesOf(schema) ? 'None ticked: any.' : 'None: any.';
    return {
      type: 'object',
      properties: { enum: { type: 'array', title: 'Only', description, uniqueItems: true, items } },
    };
  }
  const bounds = typeof schema.type === 'string' ? BOUNDS[schema.type] : undefined;
  if (bounds) {
    const [low, high] = bounds.names;
    const isCount = schema.type === 'string' || schema.type === 'array';
    const own = {
      type: isCount ? 'integer' : schema.type,
      ...((schema[low] ?? (isCount ? 0 : undefined)) !== undefined && { minimum: schema[low] ?? 0 }),
      ...(schema[high] !== undefined && { maximum: schema[high] }),
    };
    const properties = bounds.names.map((name, at) => [name, { ...own, title: bounds.titles[at] }] as const);
    return { type: 'object', properties: Object.fromEntries(properties) };
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

/** Of what kind the values are that may be left of a setting: its own choices, what a lookup offers, colours. */
function valuesLeft(schema: Json): Json | null {
  const oneOf = choicesOf(schema);
  if (oneOf) return { oneOf };
  if (schema.type !== 'string') return null;
  const { format, pattern, 'x-lookup': lookup } = schema;
  if (lookup !== undefined) return { type: 'string', 'x-lookup': lookup };
  return format === 'color' ? { type: 'string', format, pattern, default: '#ffffff' } : null;
}

/** The layout of a form of bounds: the least beside the most, and no frame round the bounds of a group. */
export function boundsLayout(form: Json): object | undefined {
  const properties = form.properties as Json;
  const names = Object.keys(properties);
  if (names.length === 2)
    return {
      type: 'HorizontalLayout',
      elements: names.map((name) => ({ type: 'Control', scope: `#/properties/${name}` })),
    };
  const parts = (properties.properties as Json | undefined)?.properties as Record<string, Json> | undefined;
  if (!parts) return undefined;
  return {
    type: 'VerticalLayout',
    elements: Object.entries(parts).map(([name, part]) => ({
      type: 'Control',
      scope: `#/properties/properties/properties/${name}`,
      options: { detail: boundsLayout(part) },
    })),
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
