import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { JsonLossError, parseExactJson } from '../workflow/exactJson.js';
import { readBody, tooLarge } from './requestBody.js';
import { MAX_JSON_BYTES, MAX_MULTIPART_BYTES } from './requestGuards.js';

const isMultipart = ({ headers }: Pick<IncomingMessage, 'headers'>) =>
  /^multipart\//i.test(headers['content-type'] ?? '');

const wrong = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });

/** What a request asks, by its address or its body; what is in it is for others to check.
 * @throws GraphQLError `BAD_REQUEST` */
export async function operationParams(request: IncomingMessage): Promise<GraphQLParams> {
  if (request.method === 'GET') return inAddress(request.url!);
  if (isMultipart(request)) return inForm(await readBody(request, MAX_MULTIPART_BYTES), request);
  return objectIn(String(await readBody(request, MAX_JSON_BYTES)), 'The body');
}

/** @throws GraphQLError `BAD_REQUEST`: it is no object in JSON, or reading it would lose something. */
export function objectIn(text: string, what: string): object {
  let value: unknown;
  try {
    value = parseExactJson(text);
  } catch (error) {
    throw wrong(error instanceof JsonLossError ? `${what}: ${error.message}` : `${what} is not valid JSON.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(`${what} must be a JSON object.`);
  return value;
}

function inAddress(url: string): GraphQLParams {
  const given = new URL(url, 'http://localhost').searchParams;
  const text = (name: string) => given.get(name) || undefined;
  const object = (name: string) => (text(name) ? { ...objectIn(text(name)!, `What "${name}" says`) } : undefined);
  return {
    query: text('query'),
    operationName: text('operationName'),
    variables: object('variables'),
    extensions: object('extensions'),
  };
}

/** By https://github.com/jaydenseric/graphql-multipart-request-spec: `map` says which part belongs at which places. */
async function inForm(body: Buffer<ArrayBuffer>, { headers }: IncomingMessage): Promise<GraphQLParams> {
  const form = await new Response(body, { headers: { 'content-type': headers['content-type']! } })
    .formData()
    .catch((error: Error) => {
      throw wrong(`The body is not valid multipart: ${error.message}`);
    });
  const operations = objectInPart(form, 'operations');
  const map = form.has('map') ? objectInPart(form, 'map') : {};
  for (const [part, places] of Object.entries(map))
    for (const place of [places].flat()) {
      if (!form.has(part)) throw wrong(`The map speaks of a part "${part}", which is not there.`);
      put(form.get(part), operations, String(place));
    }
  return operations;
}

/** A request has room for files, which does not make its JSON larger than that of any other: nothing else is done while it is read. */
function objectInPart(form: FormData, name: string): object {
  const text = String(form.get(name));
  if (text.length > MAX_JSON_BYTES) throw tooLarge(MAX_JSON_BYTES, `The part "${name}"`);
  return objectIn(text, `The part "${name}"`);
}

/** Puts a part where the operation holds a null for it, and nowhere else. */
function put(part: unknown, operations: object, place: string): void {
  const keys = place.split('.');
  const last = keys.pop()!;
  let holder: unknown = operations;
  for (const key of keys) holder = Object.hasOwn(Object(holder), key) ? (holder as Record<string, unknown>)[key] : null;
  if (!Object.hasOwn(Object(holder), last) || (holder as Record<string, unknown>)[last] !== null)
    throw wrong(`The map puts a part at "${place}", where the operations have no null.`);
  (holder as Record<string, unknown>)[last] = part;
}
