import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { inlineDocuments } from './scripts/lib/inlineDocuments.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Chunks that change only with their packages, so that browsers keep them over releases of the console. */
const CHUNKS = [
  { name: 'react', test: /node_modules\/(react|react-dom|scheduler|react-router)\// },
  { name: 'graphql', test: /node_modules\/(graphql|@?urql|@urql|@0no-co|wonka|graphql-sse)\// },
  { name: 'flow', test: /node_modules\/(@xyflow|d3-[a-z]+|zustand|@dagrejs|classcat)\// },
  { name: 'forms', test: /node_modules\/(@jsonforms|lodash|@cfworker)\// },
  // Readers of single kinds of files come when one is opened.
  { name: 'three', test: /node_modules\/three\/(?!examples\/jsm\/(loaders\/(EXR|HDR)|libs\/fflate))/ },
];

/** Builds the console to dist/client; in development it talks to a server at HARTOMAT_URL. */
export default defineConfig({
  root: at('./client'),
  plugins: [inlineDocuments(at('./client/gql/persisted-documents.json')), react()],
  resolve: {
    // JSONForms imports AJV only as a default that needs `eval`, which our content security policy forbids.
    alias: [
      { find: /^ajv$/, replacement: at('./client/forms/ajv.ts') },
      { find: /^ajv-formats$/, replacement: at('./client/forms/ajvFormats.ts') },
      // The decoder in plain JavaScript: WebAssembly is forbidden by the same policy.
      {
        find: /^meshoptimizer\/decoder$/,
        replacement: at('./node_modules/meshoptimizer/meshopt_decoder_reference.js'),
      },
    ],
  },
  server: {
    proxy: Object.fromEntries(
      ['/graphql', '/api', '/assets', '/sign-in', '/health'].map((path) => [
        path,
        { target: process.env.HARTOMAT_URL ?? 'http://127.0.0.1:4000', changeOrigin: false },
      ]),
    ),
  },
  build: {
    outDir: at('./dist/client'),
    emptyOutDir: true,
    // The server keeps /assets for artifacts.
    assetsDir: 'static',
    // Nothing is inlined as data: URLs, for the content security policy.
    assetsInlineLimit: 0,
    target: 'es2022',
    chunkSizeWarningLimit: 800,
    rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } },
  },
});
