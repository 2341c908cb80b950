import {
  type ArgumentNode,
  type DocumentNode,
  defaultFieldResolver,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';
import type { Prisma } from '../generated/prisma/client.js';
import { DomainError } from '../modules/errors.js';
import type { Context } from './context.js';

/** Levels of arguments that are kept; what was refused may go deeper than anybody could follow. */
const DEEPEST = 20;
const SECRET = /secret|token|password|code$/i;
const LONGEST_TEXT = 200;
const MOST_TEXT = 4_000;
/** Of one argument, where all together are too much. */
const MOST_TEXT_OF_ONE = 500;

/** Mutations that editors send by themselves while somebody works, and the member of `input` that says on what. */
const REPEATED: Record<string, string> = { saveWorkflowDraft: 'workflowId' };
/** The longest pause between two of them in one sitting. */
const SITTING_MS = 10 * 60_000;
const LONGEST_SITTING_MS = 12 * 3600_000;

/** Without what Postgres takes for no text: NUL, and halves of characters, which cutting may leave too. */
const storable = (text: string) => text.replaceAll('\0', '\ufffd').toWellFormed();

/** What is kept of arguments: no secrets, no files, nothing long. */
function auditable(value: unknown, key = '', depth = 0): unknown {
  if (SECRET.test(key)) return '(left out)';
  if (typeof value === 'string') {
    const short = value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}… (${value.length} characters)` : value;
    return storable(short);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (depth > DEEPEST) return '(nested too deep)';
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => auditable(item, '', depth + 1));
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) return '(file)';
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [storable(name), auditable(item, name, depth + 1)]),
  );
}

const sizeOf = (value: unknown): number => JSON.stringify(value)?.length ?? 0;

/** Without what is large, so that it still says what the rest was about. */
const withoutLarge = (value: unknown, depth = 2): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && depth > 0
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutLarge(item, depth - 1)]))
    : sizeOf(value) > MOST_TEXT_OF_ONE
      ? `(${sizeOf(value)} characters)`
      : value;

function kept(args: unknown): Prisma.InputJsonValue {
  const input = auditable(args);
  const size = sizeOf(input);
  if (size <= MOST_TEXT) return (input ?? {}) as Prisma.InputJsonValue;
  const short = withoutLarge(input);
  return (sizeOf(short) > MOST_TEXT ? { cut: `${size} characters` } : short) as Prisma.InputJsonValue;
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

/** An operation as it was sent. */
interface Sent {
  document: DocumentNode;
  operationName?: string | null;
  variableValues?: Readonly<Record<string, unknown>> | null;
}

/** Makes the mutations of an operation that was refused before any of them ran leave their entries too: one for each mutation it names,
 * with how often. What the schema does not know is no mutation. */
export async function auditRefused(
  context: Pick<Context, 'db' | 'viewer' | 'platform'>,
  schema: GraphQLSchema,
  { document, operationName, variableValues }: Sent,
  code: string,
): Promise<void> {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.MUTATION) return;
  const known = schema.getMutationType()!.getFields();
  const byName = new Map<string, FieldNode[]>();
  for (const field of fieldsAtRoot(document, operation.selectionSet)) {
    const name = field.name.value;
    if (Object.hasOwn(known, name)) byName.set(name, [...(byName.get(name) ?? []), field]);
  }
  for (const [mutation, fields] of byName)
    await write(context, mutation, argsOf(fields.at(-1)!, variableValues), code, 0, fields.length);
}

function fieldsAtRoot(document: DocumentNode, from: SelectionSetNode): FieldNode[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const inside = ({ selections }: SelectionSetNode): FieldNode[] =>
    selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection];
      if (selection.kind === Kind.INLINE_FRAGMENT) return inside(selection.selectionSet);
      const fragment = fragments.get(selection.name.value);
      // Each once: documents that were refused may go in circles.
      return fragment && fragments.delete(selection.name.value) ? inside(fragment.selectionSet) : [];
    });
  return inside(from);
}

/** The arguments as they were sent, right or wrong. */
const argsOf = ({ arguments: given }: FieldNode, variables: Sent['variableValues']) =>
  Object.fromEntries(
    (given ?? []).map(({ name, value }: ArgumentNode) => [name.value, valueFromASTUntyped(value, variables)]),
  );

async function write(
  { db, viewer, platform }: Pick<Context, 'db' | 'viewer' | 'platform'>,
  mutation: string,
  args: unknown,
  outcome: string,
  ms: number,
  times = 1,
) {
  const actor = viewer?.name ?? 'Nobody';
  const by = { accountId: viewer?.accountId ?? null, tokenId: viewer?.tokenId ?? null, actor };
  try {
    const entry = { input: kept(args), tookMs: Math.round(ms) };
    const earlier = outcome === 'ok' ? await sameSitting(db, { ...by, mutation, outcome }, args) : null;
    if (earlier)
      await db.auditEntry.update({
        where: { id: earlier.id },
        data: { ...entry, times: { increment: 1 }, lastAt: new Date() },
      });
    else await db.auditEntry.create({ data: { ...by, ...entry, mutation, outcome, times } });
  } catch (err) {
    platform.log.error({ err, mutation, actor, outcome }, 'the audit trail could not be written');
  }
}

/** The entry that stands for what the same person did to the same thing a moment ago. */
async function sameSitting(
  db: Context['db'],
  of: { accountId: string | null; tokenId: string | null; actor: string; mutation: string; outcome: string },
  args: unknown,
): Promise<{ id: string } | null> {
  const member = REPEATED[of.mutation];
  if (!member) return null;
  const on = (args as { input?: Record<string, unknown> }).input?.[member];
  return db.auditEntry.findFirst({
    where: {
      ...of,
      lastAt: { gt: new Date(Date.now() - SITTING_MS) },
      // Only `at` has an index: whoever edits for longer than this begins a second entry.
      at: { gt: new Date(Date.now() - LONGEST_SITTING_MS) },
      input: { path: ['input', member], equals: on as Prisma.InputJsonValue },
    },
    orderBy: { at: 'desc' },
    select: { id: true },
  });
}
