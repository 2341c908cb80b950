import { z } from 'zod';
import { DomainError } from '../modules/errors.js';

/** `all`: everybody who is signed in; `admins`: whoever has the scope `admin`; `off`: nobody. */
const Audience = z.enum(['all', 'admins', 'off'], { error: 'must be "all", "admins" or "off"' });
export type Audience = z.infer<typeof Audience>;

const isOrigin = (text: string) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
const Origins = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((origin) => origin.trim() || []))
  .refine((origins) => origins.every(isOrigin), 'must be origins such as https://shop.example, separated by commas');

const Files = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((file) => file.trim() || []));

const Environment = z.object({
  HARTOMAT_CORS_ORIGINS: Origins,
  HARTOMAT_GRAPHIQL: Audience.default('all'),
  HARTOMAT_INTROSPECTION: Audience.default('all'),
  HARTOMAT_DOCUMENTS: Audience.default('all'),
  HARTOMAT_PERSISTED_DOCUMENTS: Files,
});

/** Variables that `readDoorSettings` reads. */
export const DOOR_SETTINGS: readonly string[] = Object.keys(Environment.shape);

/** Who comes in by which door; see README, "Settings". */
export interface DoorSettings {
  /** Origins whose pages may call the API with a token. */
  corsOrigins: readonly string[];
  /** Who gets GraphiQL. */
  graphiql: Audience;
  /** Who may ask for the schema. */
  introspection: Audience;
  /** Who may send documents that are not among the persisted ones. */
  documents: Audience;
  /** Files with persisted documents beside the console's. */
  persistedDocuments: readonly string[];
}

/** Reads and checks the settings of the doors. Empty variables count as not set.
 * @throws DomainError `SETTINGS_INVALID` that names the variable and what is wrong with it. */
export function readDoorSettings(env: NodeJS.ProcessEnv): DoorSettings {
  const parsed = Environment.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim())));
  if (parsed.success)
    return {
      corsOrigins: parsed.data.HARTOMAT_CORS_ORIGINS,
      graphiql: parsed.data.HARTOMAT_GRAPHIQL,
      introspection: parsed.data.HARTOMAT_INTROSPECTION,
      documents: parsed.data.HARTOMAT_DOCUMENTS,
      persistedDocuments: parsed.data.HARTOMAT_PERSISTED_DOCUMENTS,
    };
  const [issue] = parsed.error.issues;
  throw new DomainError('SETTINGS_INVALID', `The setting ${String(issue?.path[0])} is not usable: ${issue?.message}.`);
}

/** Whether somebody belongs to an audience. */
export const isAmong = (audience: Audience, viewer: { scopes: ReadonlySet<string> } | null | undefined): boolean =>
  viewer != null && (audience === 'all' || (audience === 'admins' && viewer.scopes.has('admin')));
