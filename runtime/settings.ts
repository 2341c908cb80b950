import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { DomainError } from '../modules/errors.js';
import { isMailServer, isSender } from '../modules/output/mailSettings.js';
import { type Bucket, parseBucket } from './artifacts/bucket.js';

const text = z.string().trim().min(1);
const PORT_ERROR = 'must be a whole number from 0 to 65535';
const CACHE_ERROR = 'must be a number above 0';
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const Environment = z.object({
  PORT: z.coerce.number(PORT_ERROR).int(PORT_ERROR).min(0, PORT_ERROR).max(65535, PORT_ERROR).default(4000),
  HOST: text.default('127.0.0.1'),
  HARTOMAT_HOME: text.optional(),
  DATABASE_URL: text
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
    .refine(URL.canParse, 'must be an address such as postgres://user:password@host:5432/name')
    .optional(),
  REDIS_URL: text
    .regex(/^rediss?:\/\//, 'must start with redis://')
    .refine(URL.canParse, 'must be an address such as redis://host:6379')
    .optional(),
  ARTIFACT_URL: text.transform(artifactAddress).optional(),
  ARTIFACT_CACHE_GB: z.coerce.number(CACHE_ERROR).positive(CACHE_ERROR).default(20),
  BLENDER_PATH: text.optional(),
  FFMPEG_PATH: text.optional(),
  /** Read where the log is made (log.ts). */
  LOG_LEVEL: z.enum([...LEVELS, 'trace', 'fatal', 'silent'], `must be one of ${LEVELS.join(', ')}`).optional(),
  HARTOMAT_MODULES: text.optional(),
  HARTOMAT_ADMIN_TOKEN: text.min(16, 'must have at least 16 characters').optional(),
  HARTOMAT_SECRET_KEY: text
    .transform((keys) => keys.split(',').map((key) => key.trim()))
    .refine((keys) => keys.every((key) => key.length >= 32), 'must have at least 32 characters')
    .optional(),
  HARTOMAT_WEBHOOK_SECRET: text
    .refine((secret) => !secret.startsWith('whsec_') || isBase64(secret.slice(6)), 'must be base64 behind "whsec_"')
    .optional(),
  HARTOMAT_WEBHOOK_ALLOW_HOSTS: text
    .refine((hosts) => hosts.split(',').every(isHost), 'must be hosts such as pim.local:8080, separated by commas')
    .optional(),
  SMTP_URL: text.refine(isMailServer, 'must be an address such as smtp://user:password@mail.example:587').optional(),
  MAIL_FROM: text.refine(isSender, 'must be an address, or "Name <name@host>"').optional(),
});

const isBase64 = (text: string) => z.base64().min(1).safeParse(text).success;

/** `host` or `host:port`; nothing between two commas does no harm. */
const isHost = (text: string) => {
  const host = text.trim().toLowerCase();
  return host === '' || (URL.canParse(`http://${host}`) && !/[/@?#]/.test(host));
};

type ArtifactAddress = { dir: string; bucket: null } | { dir: null; bucket: Bucket };

function artifactAddress(address: string, { addIssue }: z.RefinementCtx): ArtifactAddress {
  try {
    if (/^file:\/\//i.test(address)) return { dir: fileURLToPath(address), bucket: null };
    if (/^s3:\/\//i.test(address)) return { dir: null, bucket: parseBucket(address) };
    addIssue('must be a file: or s3: URL');
  } catch (error) {
    addIssue((error as Error).message);
  }
  return z.NEVER;
}

/** Variables that `readSettings` looks at; some are used where they are needed and only checked here. */
export const SETTINGS: readonly string[] = Object.keys(Environment.shape);

/** What the environment decides; see README, "Settings". */
export interface Settings {
  port: number;
  host: string;
  /** Data directory, absolute. */
  home: string;
  databaseUrl: string;
  /** Set: jobs go through Redis instead of Postgres. */
  redisUrl: string | null;
  /** Where artifacts lie, or, where a bucket is set, copies of them. */
  artifactDir: string;
  /** Set: artifacts lie there; of the copies not in use there are at most `cacheBytes`. */
  artifactBucket?: { bucket: Bucket; cacheBytes: number } | null;
  blenderPath: string | null;
  adminToken: string | null;
  /** Seal what the database keeps secret: the first one seals, all of them open. Empty: the data directory has a key. */
  secretKeys?: readonly string[];
  /** Packages or paths whose production modules are loaded beside the built-in ones. */
  modulePackages: readonly string[];
}

/** Data directory where HARTOMAT_HOME is not set: `.hartomat` in the project. */
const DEFAULT_HOME = fileURLToPath(new URL('../.hartomat', import.meta.url));

/** Reads and checks the settings. Empty variables count as not set.
 * @throws DomainError `SETTINGS_INVALID` that names the variable and what is wrong with it. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DomainError(
      'SETTINGS_INVALID',
      `The setting ${String(issue?.path[0])} is not usable: ${issue?.message}.`,
    );
  }
  const { data } = parsed;
  if (!data.DATABASE_URL)
    throw new DomainError(
      'SETTINGS_INVALID',
      'DATABASE_URL is not set. "npm start" brings its own database; a server or worker alone needs the address of one.',
    );
  const home = path.resolve(data.HARTOMAT_HOME ?? DEFAULT_HOME);
  return {
    port: data.PORT,
    host: data.HOST,
    home,
    databaseUrl: data.DATABASE_URL,
    redisUrl: data.REDIS_URL ?? null,
    artifactDir: data.ARTIFACT_URL?.dir ?? path.join(home, data.ARTIFACT_URL?.bucket ? 'artifact-cache' : 'artifacts'),
    artifactBucket: data.ARTIFACT_URL?.bucket
      ? { bucket: data.ARTIFACT_URL.bucket, cacheBytes: data.ARTIFACT_CACHE_GB * 1024 ** 3 }
      : null,
    blenderPath: data.BLENDER_PATH ?? null,
    adminToken: data.HARTOMAT_ADMIN_TOKEN ?? null,
    secretKeys: data.HARTOMAT_SECRET_KEY ?? [],
    modulePackages: (data.HARTOMAT_MODULES ?? '').split(',').flatMap((name) => name.trim() || []),
  };
}
