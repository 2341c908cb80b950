import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { ipKeyGenerator, MemoryStore, type Options, rateLimit } from 'express-rate-limit';
import { sendPage } from './page.js';
import { refuse } from './refuse.js';

/** Wrong tokens and wrong sign-in codes that an address may send within a window. Counted by each server on its own. */
export const GUESSES = { tokens: 20, signInCodes: 10, windowMs: 15 * 60_000 } as const;

/** Who sends, over HTTP or a WebSocket; express knows the address where a proxy stands before it. */
export type Caller = IncomingMessage & { ip?: string | undefined };

const LOOPBACK = /^(::ffff:)?127\.|^::1$/;

/** Outside of express, proxies of this machine are trusted all the same ("trust proxy"). */
function addressOf({ ip, socket, headers }: Caller): string {
  const last = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)!
    .trim();
  const direct = socket.remoteAddress ?? 'unknown';
  return ipKeyGenerator(ip ?? (last && LOOPBACK.test(direct) ? last : direct));
}

function counter(): MemoryStore {
  const store = new MemoryStore();
  store.init({ windowMs: GUESSES.windowMs } as Options);
  return store;
}

/** Counts the wrong tokens of each address. The same one sent again is no new guess: a forgotten script must not shut out
 * everybody behind its address. */
export class TokenGuesses {
  private readonly wrong = counter();
  private readonly seen = counter();

  /** Seconds until the address may try new tokens; 0: now. */
  async waitFor(request: Caller): Promise<number> {
    const info = await this.wrong.get(addressOf(request));
    if (!info || info.totalHits < GUESSES.tokens) return 0;
    const until = info.resetTime?.getTime() ?? Date.now() + GUESSES.windowMs;
    return Math.max(1, Math.ceil((until - Date.now()) / 1000));
  }

  /** @param hash - of the wrong token. */
  async count(request: Caller, hash: string): Promise<void> {
    const address = addressOf(request);
    const { totalHits } = await this.seen.increment(`${address} ${hash}`);
    if (totalHits === 1) await this.wrong.increment(address);
  }

  close(): void {
    this.wrong.shutdown();
    this.seen.shutdown();
  }
}

export function refuseGuess(response: ServerResponse, retryAfterSeconds: number): void {
  const message = `Too many wrong tokens came from your address. Try again in ${retryAfterSeconds} s.`;
  const refusal = { message, extensions: { code: 'TOO_MANY_ATTEMPTS', retryAfterSeconds } };
  refuse(response, 429, refusal, { 'Retry-After': String(retryAfterSeconds) });
}

/** Refuses sign-in codes from an address that sent too many wrong ones. */
export const limitSignInCodes = (): RequestHandler =>
  rateLimit({
    windowMs: GUESSES.windowMs,
    limit: GUESSES.signInCodes,
    skip: (request) => request.query.code === undefined,
    skipSuccessfulRequests: true,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, response) =>
      sendPage(response, 429, 'Too many sign-in links that do not work', [
        'Your address sent too many of them. Wait a quarter of an hour, then open a new link.',
      ]),
  });
