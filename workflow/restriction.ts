import { z } from 'zod';
import type { JsonSchema, JsonValue } from '../modules/json.js';

/** Bounds on a param that are tighter than the module's own, in the words of JSON Schema. */
export interface Restriction {
  title?: string;
  description?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  /** The only values allowed. */
  enum?: JsonValue[];
  /** Of a group of settings. */
  properties?: Record<string, Restriction>;
}

const size = z.number().int().min(0);

export const Restriction: z.ZodType<Restriction> = z.strictObject({
  title: z.string().min(1).max(100).optional(),
  description: z.string().max(500).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: size.optional(),
  maxLength: size.optional(),
  minItems: size.optional(),
  maxItems: size.optional(),
  enum: z.array(z.json()).min(1).max(100).optional(),
  get properties() {
    return z.record(z.string(), Restriction).optional();
  },
}) as z.ZodType<Restriction>;

interface Problem {
  at: string[];
  /** One sentence without the name of the setting. */
  message: string;
}

const BOUNDS = [
  { low: 'minimum', high: 'maximum', types: ['number', 'integer'], what: 'number' },
  { low: 'minLength', high: 'maxLength', types: ['string'], what: 'text' },
  { low: 'minItems', high: 'maxItems', types: ['array'], what: 'list' },
] as const;

/** A JSON Schema with the bounds of `restriction` laid over its own. Bounds that would allow more than before are problems, and not applied. */
export function restrict(own: JsonSchema, restriction: Restriction): { schema: JsonSchema; problems: Problem[] } {
  const schema: JsonSchema = { ...own };
  const problems: Problem[] = [];
  const { title, description } = restriction;
  Object.assign(schema, title !== undefined && { title }, description !== undefined && { description });
  for (const { low, high, types, what } of BOUNDS) {
    const [from, to] = [restriction[low], restriction[high]];
    if (from === undefined && to === undefined) continue;
    if (!types.some((type) => type === own.type)) {
      problems.push({ at: [from === undefined ? high : low], message: `it is no ${what}, so it has no such bounds.` });
      continue;
    }
    const [least, most] = [(own[low] ?? -Infinity) as number, (own[high] ?? Infinity) as number];
    if (from !== undefined && from < least)
      problems.push({ at: [low], message: `it cannot be less than ${least} in the first place.` });
    else if (from !== undefined) schema[low] = from;
    if (to !== undefined && to > most)
      problems.push({ at: [high], message: `it cannot be more than ${most} in the first place.` });
    else if (to !== undefined) schema[high] = to;
    if ((from ?? least) > (to ?? most))
      problems.push({ at: [from === undefined ? high : low], message: 'no value lies within these bounds.' });
  }
  if (restriction.enum) restrictValues(own, restriction.enum, schema, problems);
  if (restriction.properties) {
    const ownProperties = (own.properties ?? {}) as Record<string, JsonSchema>;
    const properties = { ...ownProperties };
    for (const [name, inner] of Object.entries(restriction.properties)) {
      if (!Object.hasOwn(ownProperties, name)) {
        problems.push({ at: ['properties', name], message: `it has no part “${name}”.` });
        continue;
      }
      const result = restrict(ownProperties[name]!, inner);
      properties[name] = result.schema;
      problems.push(...result.problems.map(({ at, message }) => ({ at: ['properties', name, ...at], message })));
    }
    schema.properties = properties;
  }
  return { schema, problems };
}

function restrictValues(own: JsonSchema, values: JsonValue[], schema: JsonSchema, problems: Problem[]): void {
  const { default: _, ...bare } = own;
  const type = z.fromJSONSchema(bare as z.core.JSONSchema.JSONSchema);
  for (const [position, value] of values.entries())
    if (!type.safeParse(value).success)
      problems.push({ at: ['enum', String(position)], message: `${JSON.stringify(value)} is no value it can have.` });
  const titled = (['oneOf', 'anyOf'] as const).find((key) => own[key] !== undefined);
  if (titled)
    schema[titled] = (own[titled] as JsonSchema[]).filter((option) => values.includes(option.const as JsonValue));
  else schema.enum = values;
}
