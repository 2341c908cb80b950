import { createHash } from 'node:crypto';
import { ModuleError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { hostOfSender, type MailSettings } from './mailSettings.js';

export interface Mail {
  to: readonly string[];
  title: string;
  body: string;
  /** The Message-ID follows from it, so that mail servers and readers can drop repeats. */
  idempotencyKey: string;
  settings: MailSettings;
  signal: AbortSignal;
  /** Default 20 s for each step of the exchange. */
  timeLimitMs?: number;
}

export interface MailReceipt {
  /** SMTP reply code. */
  responseCode: number;
  /** Recipients the server would not take; the others got the message. */
  rejected: string[];
}

/** Hands a plain-text message to the mail server.
 * @throws {ModuleError} final: `MAIL_REFUSED` (5xx), `MAIL_AUTH_FAILED`; retryable: `MAIL_UNAVAILABLE` (4xx), `MAIL_UNREACHABLE`;
 * the signal's reason when it aborts. */
export async function sendMail(mail: Mail): Promise<MailReceipt> {
  const { settings, signal, timeLimitMs = 20_000 } = mail;
  signal.throwIfAborted();
  const { createTransport } = await import('nodemailer');
  const { hostname, host } = new URL(settings.url);
  const transport = createTransport({
    url: settings.url,
    connectionTimeout: timeLimitMs,
    greetingTimeout: timeLimitMs,
    socketTimeout: timeLimitMs,
    dnsTimeout: timeLimitMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { response, rejected } = await transport.sendMail({
      from: settings.from,
      to: [...mail.to],
      subject: mail.title.replace(/[\p{Cc}\p{Cf}]+/gu, ' '),
      text: mail.body,
      messageId: messageId(mail.idempotencyKey, settings.from),
      headers: { 'Auto-Submitted': 'auto-generated' },
      signal,
    });
    return { responseCode: Number(response.slice(0, 3)) || 250, rejected: rejected.map(String) };
  } catch (error) {
    signal.throwIfAborted();
    throw failure(error as SmtpError, host || hostname);
  } finally {
    transport.close();
  }
}

function messageId(idempotencyKey: string, from: string): string {
  const name = createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32);
  return `<${name}@${hostOfSender(from) ?? 'hartomat'}>`;
}

/** What nodemailer throws. */
interface SmtpError extends Error {
  code?: string;
  responseCode?: number;
  response?: string;
}

function failure(error: SmtpError, host: string): ModuleError {
  const { code, responseCode } = error;
  const details: JsonObject = responseCode === undefined ? {} : { responseCode };
  if (code === 'EAUTH' || code === 'ENOAUTH')
    return new ModuleError(
      'MAIL_AUTH_FAILED',
      'The mail server does not accept the user or password in SMTP_URL.',
      'input',
      details,
    );
  if (responseCode === undefined)
    return new ModuleError(
      'MAIL_UNREACHABLE',
      `The mail server ${host} cannot be reached: ${error.message}.`,
      'transient',
    );
  const said = (error.response ?? error.message).replace(/\s+/g, ' ').slice(0, 200);
  if (responseCode >= 500)
    return new ModuleError('MAIL_REFUSED', `The mail server did not take the message: ${said}`, 'input', details);
  return new ModuleError(
    'MAIL_UNAVAILABLE',
    `The mail server could not take the message now: ${said}`,
    'transient',
    details,
  );
}
