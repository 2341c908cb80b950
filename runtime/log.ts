import pino, { type Logger } from 'pino';

/** JSON lines on stderr; level from LOG_LEVEL (default `info`). Errors are told by what identifies them: a driver's error
 * carries its whole connection, which nobody wants in a log. */
export function makeLog(): Logger {
  const level = process.env.LOG_LEVEL ?? 'info';
  return pino(
    { name: 'hartomat', level, serializers: { err: describeError } },
    pino.destination({ dest: 2, sync: true }),
  );
}

function describeError(error: unknown) {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  return { name, message, code: (error as { code?: unknown }).code, stack };
}
