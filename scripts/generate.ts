import { writeFile } from 'node:fs/promises';
import { ensureGenerated } from './lib/generate.js';

// npm run generate: the Prisma client where it is outdated, and schema/schema.graphql.
const isNew = await ensureGenerated(console.log);
// Only now: the schema stands on the generated client.
const { printSdl, SDL_FILE } = await import('../schema/print.js');
await writeFile(SDL_FILE, printSdl());
console.log(isNew ? 'Done.' : 'The database client is up to date; the schema was printed.');
