import { fileURLToPath } from 'node:url';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './index.js';

export const SDL_FILE = fileURLToPath(new URL('./schema.graphql', import.meta.url));

/** The schema as text, sorted, as it is committed and as `codegen.ts` reads it. */
export function printSdl(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
