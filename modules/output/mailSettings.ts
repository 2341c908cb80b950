import { z } from 'zod';
import { ModuleError } from '../errors.js';

export interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  url: string;
  /** `name@host` or `Name <name@host>`. */
  from: string;
}

const FROM = /^(?:[^<>\r\n]*<\s*)?([^\s<>@]+@([^\s<>@]+))\s*>?$/;

/** Whether a text is the address of a mail server. */
export const isMailServer = (url: string): boolean =>
  URL.canParse(url) && ['smtp:', 'smtps:'].includes(new URL(url).protocol) && new URL(url).hostname !== '';

/** Whether a text says who sends: an address, or a name with one. */
export const isSender = (text: string): boolean => z.email().safeParse(FROM.exec(text)?.[1]).success;

export const hostOfSender = (text: string): string | undefined => FROM.exec(text)?.[2];

/** From `SMTP_URL` and `MAIL_FROM`: the mail server is the operator's choice alone.
 * @throws {ModuleError} `MAIL_NOT_SET_UP` that names the variable. */
export function mailSettings(env: NodeJS.ProcessEnv): MailSettings {
  const url = env.SMTP_URL?.trim() ?? '';
  const from = env.MAIL_FROM?.trim() ?? '';
  const notSetUp = (why: string) =>
    new ModuleError('MAIL_NOT_SET_UP', `HartOMat cannot send e-mail yet: ${why} Whoever runs it sets it up.`);
  if (url === '' || from === '') throw notSetUp(`${url === '' ? 'SMTP_URL' : 'MAIL_FROM'} is not set.`);
  if (!isMailServer(url)) throw notSetUp('SMTP_URL must begin with smtp:// or smtps://.');
  if (!isSender(from)) throw notSetUp('MAIL_FROM must be an address, or "Name <address>".');
  return { url, from };
}
