import { readFileSync } from 'node:fs';
import { parse } from 'graphql';
import type { Plugin } from 'vite';

const CALL = /\bgraphql\(`([^`]*)`\)/g;
const DEFINITION = /^\s*(query|mutation|subscription|fragment)\s+(\w+)/;
const OPERATION = /\b(?:query|mutation|subscription) (\w+)/;

/** Puts each operation of the console into the file that asks for it, so that a page brings its own and no others. Without it,
 * `client/gql/gql.ts` brings all of them with the first page. What fragments ask for stands in the operations that use them; they
 * themselves are only types.
 * @param file the operations by their hash, as `npm run codegen` writes them. */
export function inlineDocuments(file: string): Plugin {
  const documents = new Map<string, string>();
  return {
    name: 'hartomat:inline-documents',
    apply: 'build',
    enforce: 'pre',
    buildStart() {
      const texts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
      for (const [hash, text] of Object.entries(texts)) {
        const document = { ...parse(text, { noLocation: true }), __meta__: { hash } };
        documents.set(OPERATION.exec(text)![1]!, JSON.stringify(document));
      }
    },
    transform: {
      filter: { id: { include: /\/client\/.*\.tsx?$/, exclude: /\/client\/gql\// }, code: 'graphql(`' },
      handler(code) {
        return code.replace(CALL, (_call, text: string) => {
          const [, kind, name = ''] = DEFINITION.exec(text) ?? [];
          if (kind === 'fragment') return '{}';
          return documents.get(name) ?? this.error(`${kind} ${name} is not known yet: npm run codegen`);
        });
      },
    },
  };
}
