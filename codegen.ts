import type { CodegenConfig } from '@graphql-codegen/cli';

const scalars = { DateTime: 'string', File: 'File', JSON: 'unknown' };

/** Writes the typed operations of the console and of the partner example, from the committed, printed schema. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  generates: {
    'client/gql/': {
      documents: ['client/**/*.{ts,tsx}', '!client/gql/**'],
      preset: 'client',
      presetConfig: { fragmentMasking: { unmaskFunctionName: 'readFragment' } },
      config: {
        useTypeImports: true,
        strictScalars: true,
        emitLegacyCommonJSImports: false,
        scalars,
      },
    },
    'docs/examples/partner/gql/': {
      documents: 'docs/examples/partner/operations.graphql',
      preset: 'client',
      presetConfig: { fragmentMasking: false },
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
