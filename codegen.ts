import { createHash } from 'node:crypto';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';

const scalars = { DateTime: 'string', File: 'File', JSON: 'unknown' };

/** Operations are known to the server by what they hash to (server/persistedOperations.ts). */
const persistedDocuments = {
  mode: 'embedHashInDocument',
  hashAlgorithm: (text: string) => createHash('sha256').update(text).digest('hex'),
} as const;

/** Writes the typed operations of the console and of the partner example, and what the console's cache has to know of types, from the
 * committed, printed schema. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  generates: {
    'client/gql/': {
      documents: ['client/**/*.{ts,tsx}', '!client/gql/**'],
      preset: 'client',
      presetConfig: { fragmentMasking: { unmaskFunctionName: 'readFragment' }, persistedDocuments },
      // As the cache of the console asks for them: what is hashed must be what is sent.
      documentTransforms: [addTypenameSelectionDocumentTransform],
      config: {
        useTypeImports: true,
        strictScalars: true,
        emitLegacyCommonJSImports: false,
        scalars,
      },
    },
    'client/gql/cacheTypes.ts': { plugins: ['./scripts/lib/cacheTypes.mjs'] },
    'docs/examples/partner/gql/': {
      documents: 'docs/examples/partner/operations.graphql',
      preset: 'client',
      presetConfig: { fragmentMasking: false, persistedDocuments },
      config: {
        useTypeImports: true,
        strictScalars: true,
        emitLegacyCommonJSImports: false,
        documentMode: 'string',
        scalars,
      },
    },
  },
};

export default config;
