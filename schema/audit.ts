import { defaultFieldResolver, GraphQLError, type GraphQLSchema } from 'graphql';
import type { Prisma } from '../generated/prisma/client.js';
import { DomainError } from '../modules/errors.js';
import type { Context } from './context.js';

const SECRET = /secret|token|password|code$/i;
const LONGEST_TEXT = 200;
const MOST_TEXT = 4_000;

/** What is kept of arguments: no secrets, no files, nothing long. */
export function auditable(value: unknown, key = ''): unknown {
  if (SECRET.test(key)) return '(left out)';
  if (typeof value === 'string')
    return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}… (${value.length} characters)` : value;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => auditable(item));
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) return '(file)';
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, auditable(item, name)]));
}

function kept(args: unknown): Prisma.InputJsonValue {
  const input = auditable(args);
  const size = JSON.stringify(input)?.length ?? 0;
  return (size > MOST_TEXT ? { cut: `${size} characters` } : (input ?? {})) as Prisma.InputJsonValue;
}

/** The errors plugin hands failures on behind a proxy that hides their prototype, not their constructor. */
function isExpectedFailure(result: unknown): result is DomainError {
  const made = (result as { constructor?: unknown } | null | undefined)?.constructor;
  return typeof made === 'function' && (made === DomainError || made.prototype instanceof DomainError);
}

const codeOf = (error: unknown): string =>
  error instanceof DomainError
    ? error.code
    : error instanceof GraphQLError
      ? String(error.extensions.code ?? 'ERROR')
      : 'INTERNAL';

/** Makes every mutation of the schema leave an entry in the audit trail, whatever becomes of it. An entry that cannot be
 * written is logged; it does not undo what was done. */
export function auditMutations(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = async (root, args, context: Context, info) => {
      const begun = performance.now();
      let outcome = 'ok';
      try {
        const result = await resolve(root, args, context, info);
        if (isExpectedFailure(result)) outcome = result.code;
        return result;
      } catch (error) {
        outcome = codeOf(error);
        throw error;
      } finally {
        await write(context, field.name, args, outcome, performance.now() - begun);
      }
    };
  }
  return schema;
}

async function write({ db, viewer, platform }: Context, mutation: string, args: unknown, outcome: string, ms: number) {
  const actor = viewer?.name ?? 'Nobody';
  try {
    await db.auditEntry.create({
      data: {
        accountId: viewer?.accountId ?? null,
        tokenId: viewer?.tokenId ?? null,
        actor,
        mutation,
        input: kept(args),
        outcome,
        tookMs: Math.round(ms),
      },
    });
  } catch (err) {
    platform.log.error({ err, mutation, actor, outcome }, 'the audit trail could not be written');
  }
}
