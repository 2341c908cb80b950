import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';

const refusal = (status: number, code: string, message: string) =>
  new GraphQLError(message, { extensions: { code, http: { status, headers: { Connection: 'close' } } } });

/** @param what - in place of the whole request */
export const tooLarge = (limit: number, what = 'A request') =>
  refusal(413, 'REQUEST_TOO_LARGE', `${what} has at most ${limit} bytes.`);

/** The whole body of a GraphQL request. The body parsers of Express take as long for it as the parser for the smallest operation.
 * @param limit - in bytes
 * @throws GraphQLError `REQUEST_TOO_LARGE`, or `BAD_REQUEST` where the client hung up */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer<ArrayBuffer>[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer<ArrayBuffer>) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      // What still comes is read and forgotten: who is cut off while sending does not read why.
      chunks.length = 0;
      reject(tooLarge(limit));
    });
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.once('error', () => reject(refusal(400, 'BAD_REQUEST', 'The request was broken off.')));
  });
}
