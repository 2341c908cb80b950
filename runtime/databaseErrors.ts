import { Prisma } from '../generated/prisma/client.js';

/** Whether the database refused a write because something of that name or key is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}

/** What PostgreSQL says of a statement that was broken off (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const QUERY_CANCELED = '57014';

/** Whether a statement took longer than it may, by whichever client it was sent. */
export function isStatementTimeout(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    const { cause } = (error.meta?.driverAdapterError ?? {}) as { cause?: { originalCode?: string } };
    return cause?.originalCode === QUERY_CANCELED;
  }
  return error instanceof Error && (error as { code?: unknown }).code === QUERY_CANCELED;
}
