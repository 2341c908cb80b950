import type { TypedDocumentString } from './gql/graphql.js';

export interface PartnerClient {
  /** Runs one operation; what it needs and what it gives is known from the document.
   * @throws Error with the server's words when the request as a whole was refused. Expected failures are part of the answer. */
  run<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result>;
  /** The bytes behind an `artifact.url`, from `from` on. The address is signed and good for at least an hour: no token goes along. */
  download(url: string, from?: number): Promise<Uint8Array>;
}

/** @param token - an API token of the studio's administrator; keep it on your server. */
export function partnerClient(server: string, token: string): PartnerClient {
  return {
    async run(document, variables) {
      const response = await fetch(new URL('/graphql', server), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: document.toString(), variables }),
      });
      const { data, errors } = await response.json();
      if (errors) throw new Error(errors.map(({ message }: { message: string }) => message).join(' '));
      return data;
    },
    async download(url, from = 0) {
      const response = await fetch(new URL(url, server), from > 0 ? { headers: { range: `bytes=${from}-` } } : {});
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}
