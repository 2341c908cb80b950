import type { CodegenConfig } from '@graphql-codegen/cli';

/** Writes the client's typed operations into client/gql from the committed, printed schema. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: ['client/**/*.{ts,tsx}', '!client/gql/**'],
  generates: {
    'client/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: { unmaskFunctionName: 'readFragment' } },
      config: {
        useTypeImports: true,
        strictScalars: true,
        emitLegacyCommonJSImports: false,
        scalars: { DateTime: 'string', File: 'File', JSON: 'unknown' },
      },
    },
  },
};

export default config;
