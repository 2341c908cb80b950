import pino, { type DestinationStream, type Logger } from 'pino';

/** JSON lines on stderr, unless told otherwise; `level` from LOG_LEVEL (default `info`). Errors are told by what identifies them: a
 * driver's error carries its whole connection, which nobody wants in a log. */
export function makeLog(
  level = process.env.LOG_LEVEL?.trim() || 'info',
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Logger {
  return pino({ name: 'hartomat', level, serializers: { err: describeError } }, destination);
}

function describeError(error: unknown) {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  return { name, message, code: (error as { code?: unknown }).code, stack };
}
