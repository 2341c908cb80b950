import { Prisma } from '../generated/prisma/client.js';

/** Whether the database refused a write because something of that name or key is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}
