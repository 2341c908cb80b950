import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { z } from 'zod';
import { DomainError } from '../modules/errors.js';
import type { Viewer } from '../schema/context.js';
import { identityOf } from './auth.js';
import type { ServerContext } from './context.js';
import { type DoorSettings, isAmong } from './doorSettings.js';

/** What `npm run codegen` writes of the console's operations. */
export const CONSOLE_OPERATIONS = fileURLToPath(new URL('../client/gql/persisted-documents.json', import.meta.url));

const Manifest = z.record(z.string(), z.string());
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** What a request says of the document it wants, whatever carried it. */
export interface AskedDocument {
  query?: string | null | undefined;
  extensions?: Record<string, unknown> | null | undefined;
}

/** Finds the document of a request. */
export interface PersistedOperations {
  /** @throws GraphQLError `PERSISTED_QUERY_NOT_FOUND` where the hash is not known, `DOCUMENT_NOT_PERSISTED` where a text came from
   * somebody who may send only hashes. */
  documentOf(asked: AskedDocument, viewer: Viewer | null): string | undefined;
}

/** Reads the files of persisted documents: JSON objects of texts by their sha-256.
 * @throws DomainError `SETTINGS_INVALID` that names the file and what is wrong with it. */
export async function readPersistedOperations({
  documents: audience,
  persistedDocuments,
}: Pick<DoorSettings, 'documents' | 'persistedDocuments'>): Promise<PersistedOperations> {
  const texts = new Map<string, string>();
  for (const file of [CONSOLE_OPERATIONS, ...persistedDocuments])
    for (const [hash, text] of Object.entries(await read(file))) texts.set(hash, text);

  return {
    documentOf({ query, extensions }, viewer) {
      const hash = hashIn(extensions);
      if (!query && hash === undefined) return undefined;
      if (!query) {
        const text = texts.get(hash!);
        // In the words that clients know: they send the text then.
        if (text === undefined) throw refusal('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND');
        return text;
      }
      if (!isAmong(audience, viewer) && !texts.has(hashOf(query)))
        throw refusal(
          'This installation only takes operations it knows: send the hash of one of them.',
          'DOCUMENT_NOT_PERSISTED',
        );
      return query;
    },
  };
}

/** By the way of the plugins of Yoga. */
export function usePersistedOperations(operations: PersistedOperations): Plugin<object, ServerContext> {
  return {
    onParams({ params, setParams, context }) {
      // Yoga says what it must be.
      if (params.query != null && typeof params.query !== 'string') return;
      const query = operations.documentOf(params, identityOf(context.req)?.viewer ?? null);
      if (query !== params.query) setParams({ ...params, query });
    },
  };
}

function hashIn(extensions: AskedDocument['extensions']): string | undefined {
  const asked = extensions?.persistedQuery as { sha256Hash?: unknown } | null | undefined;
  return typeof asked?.sha256Hash === 'string' ? asked.sha256Hash : undefined;
}

const refusal = (message: string, code: string) =>
  new GraphQLError(message, { extensions: { code, http: { status: 400 } } });

async function read(file: string): Promise<Record<string, string>> {
  const fail = (what: string) =>
    new DomainError('SETTINGS_INVALID', `The persisted documents in ${file} are not usable: ${what}.`);
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw fail((error as Error).message);
  }
  const manifest = Manifest.safeParse(content);
  if (!manifest.success) throw fail('it must be one object of documents by their sha-256');
  for (const [hash, text] of Object.entries(manifest.data))
    if (hash !== hashOf(text)) throw fail(`${hash} is not the sha-256 of its document`);
  return manifest.data;
}
