import { createHmac } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { ModuleError } from '../errors.js';

export interface WebhookSettings {
  /** Signs the body where set. `whsec_…` (base64) as of standardwebhooks.com, or any text. */
  secret?: string;
  /** Hosts (`host` or `host:port`) that may be on a private network. */
  allowedHosts: readonly string[];
}

/** From `HARTOMAT_WEBHOOK_SECRET` and `HARTOMAT_WEBHOOK_ALLOW_HOSTS` (separated by commas). */
export function webhookSettings(env: NodeJS.ProcessEnv): WebhookSettings {
  const hosts = (env.HARTOMAT_WEBHOOK_ALLOW_HOSTS ?? '').split(',').map((host) => host.trim().toLowerCase());
  return { secret: env.HARTOMAT_WEBHOOK_SECRET || undefined, allowedHosts: hosts.filter(Boolean) };
}

export interface WebhookCall {
  url: string;
  body: string;
  /** The same for every attempt, so that the receiver can drop repeats. */
  idempotencyKey: string;
  settings: WebhookSettings;
  /** Sign in place of the secret of the settings, each with a signature of its own: the receiver may know any of them. */
  secrets?: readonly string[];
  signal: AbortSignal;
  /** Default 10 s for the whole exchange. */
  timeLimitMs?: number;
  /** Default now; part of the signature, so that an old call cannot be replayed. */
  sentAt?: Date;
}

/** Posts JSON to a partner. Never follows redirects and never connects to private, loopback or other inner addresses,
 * whatever the name resolves to at the moment of connecting, unless the host is allowed by the settings.
 * @returns the HTTP status, 200..299.
 * @throws {ModuleError} final: `WEBHOOK_URL_INVALID`, `WEBHOOK_TARGET_FORBIDDEN`, `WEBHOOK_REFUSED` (3xx, 4xx);
 * retryable: `WEBHOOK_UNAVAILABLE` (408, 425, 429, 5xx), `WEBHOOK_UNREACHABLE`, `WEBHOOK_TIMEOUT`; the signal's reason when it aborts. */
export async function callWebhook(call: WebhookCall): Promise<number> {
  const url = checkedUrl(call.url);
  const { settings, signal, timeLimitMs = 10_000 } = call;
  signal.throwIfAborted();
  const timeout = AbortSignal.timeout(timeLimitMs);
  try {
    const status = await post(
      url,
      await agentFor(url, settings),
      headersOf(call),
      call.body,
      AbortSignal.any([signal, timeout]),
    );
    return checkedStatus(status, url);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ModuleError) throw error;
    if (timeout.aborted)
      throw new ModuleError(
        'WEBHOOK_TIMEOUT',
        `${url.host} did not answer within ${Math.round(timeLimitMs / 1000)} s.`,
        'timeout',
      );
    throw connectionError(error as Error, url);
  }
}

/** Whether it is an http or https address without user name and password. */
export function isWebhookUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && ['http:', 'https:'].includes(url.protocol) && !url.username && !url.password;
}

/** @throws {ModuleError} `WEBHOOK_URL_INVALID` */
export function checkedUrl(text: string): URL {
  if (!isWebhookUrl(text))
    throw new ModuleError(
      'WEBHOOK_URL_INVALID',
      'The webhook address must be an http or https address without a user name.',
      'input',
      {
        path: '/url',
      },
    );
  return new URL(text);
}

/** Timestamped signature as of standardwebhooks.com, which has ready receivers for most languages. */
function headersOf({ body, idempotencyKey, settings, secrets, sentAt = new Date() }: WebhookCall) {
  const timestamp = Math.floor(sentAt.getTime() / 1000);
  const headers: http.OutgoingHttpHeaders = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'HartOMat-Webhook/1',
    'idempotency-key': idempotencyKey,
    'webhook-id': idempotencyKey,
    'webhook-timestamp': timestamp,
  };
  const signatures = (secrets ?? (settings.secret ? [settings.secret] : [])).map((secret) => {
    const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : secret;
    const signature = createHmac('sha256', key).update(`${idempotencyKey}.${timestamp}.${body}`).digest('base64');
    return `v1,${signature}`;
  });
  if (signatures.length > 0) headers['webhook-signature'] = signatures.join(' ');
  return headers;
}

/** Whether the settings let this host be on a private network. */
export const isAllowedHost = ({ host, hostname }: URL, { allowedHosts }: WebhookSettings): boolean =>
  allowedHosts.includes(host) || allowedHosts.includes(hostname);

/** Names of the machine itself, whatever name servers say (RFC 6761). */
const LOCALHOST = /^(.+\.)?localhost\.?$/;

/** Whether an address says by itself that it is on a private network, without looking up where a name leads to. It is judged by the agent
 * that makes the calls, so that both say the same. */
export async function isPrivateAddress({ hostname }: URL): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) return LOCALHOST.test(host);
  const { RequestFilteringHttpAgent } = await import('request-filtering-agent');
  let isRefused = false;
  // Refused at once; a connection is begun in a later turn, and by then it was given up.
  new RequestFilteringHttpAgent()
    .createConnection({ host, port: 443 }, (error) => {
      isRefused = Boolean(error);
    })
    .destroy();
  return isRefused;
}

/** Why an address cannot be called. */
export const privateAddress = ({ hostname }: URL): string =>
  `${hostname} is on a private network. Whoever runs HartOMat can allow it with HARTOMAT_WEBHOOK_ALLOW_HOSTS.`;

async function agentFor(url: URL, settings: WebhookSettings): Promise<http.Agent> {
  const isSecure = url.protocol === 'https:';
  if (isAllowedHost(url, settings)) return isSecure ? new https.Agent() : new http.Agent();
  const { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } = await import('request-filtering-agent');
  return isSecure ? new RequestFilteringHttpsAgent() : new RequestFilteringHttpAgent();
}

function post(
  url: URL,
  agent: http.Agent,
  headers: http.OutgoingHttpHeaders,
  body: string,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? https.request : http.request;
    const request = send(url, { method: 'POST', agent, headers, signal }, (response) => {
      resolve(response.statusCode!);
      // The answer's text is of no use here, and its length is the receiver's choice.
      response.destroy();
    });
    request.once('error', reject);
    // After an answer it has no meaning any more; without one nothing else is said of some, such as a change of the protocol.
    request.once('close', () => reject(new Error('it closed the connection without an answer')));
    request.end(body);
  });
}

function checkedStatus(status: number, url: URL): number {
  if (status >= 200 && status < 300) return status;
  const details = { status };
  if (status >= 500 || [408, 425, 429].includes(status))
    throw new ModuleError(
      'WEBHOOK_UNAVAILABLE',
      `${url.host} could not take the message now (status ${status}).`,
      'transient',
      details,
    );
  const why = status < 400 ? 'it redirects, which is not followed' : `it answered with status ${status}`;
  throw new ModuleError('WEBHOOK_REFUSED', `${url.host} did not take the message: ${why}.`, 'input', details);
}

function connectionError(error: Error, url: URL): ModuleError {
  // The agent has no error class of its own.
  if (/^DNS lookup .* is not allowed/.test(error.message))
    return new ModuleError('WEBHOOK_TARGET_FORBIDDEN', privateAddress(url), 'input', { path: '/url' });
  return new ModuleError('WEBHOOK_UNREACHABLE', `${url.host} cannot be reached: ${error.message}.`, 'transient');
}
