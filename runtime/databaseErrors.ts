import { Prisma } from '../generated/prisma/client.js';

/** Whether the database refused a write because something of that name or key is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}

/** What PostgreSQL says of a statement that was broken off (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const QUERY_CANCELED = '57014';

/** What PostgreSQL says when it goes down or comes up, and the network when it is not there. */
const AWAY: ReadonlySet<unknown> = new Set([
  ...['57P01', '57P02', '57P03'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT'],
  // The same in Prisma's words.
  ...['P1001', 'P1008', 'P1017'],
]);
/** `pg` has no code for these. */
const LOST = /^Connection terminated|connection error and is not queryable|^timeout exceeded when trying to connect/;

/** Whether the database could not be asked, or went away over a statement, by whichever client. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return AWAY.has((error as { code?: unknown }).code) || AWAY.has(codeByDriver(error)) || LOST.test(error.message);
}

/** PostgreSQL's code, where the error is Prisma's. */
function codeByDriver(error: Error): string | undefined {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return undefined;
  const { cause } = (error.meta?.driverAdapterError ?? {}) as { cause?: { originalCode?: string } };
  return cause?.originalCode;
}

/** Whether a statement took longer than it may, by whichever client it was sent. */
export function isStatementTimeout(error: unknown): boolean {
  return error instanceof Error && [(error as { code?: unknown }).code, codeByDriver(error)].includes(QUERY_CANCELED);
}
