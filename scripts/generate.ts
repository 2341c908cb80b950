import { writeFile } from 'node:fs/promises';
import { ensureGenerated } from './lib/generate.js';

// npm run generate: the Prisma client where it is outdated, schema/schema.graphql and docs/roles.md.
const isNew = await ensureGenerated(console.log);
// Only now: the schema stands on the generated client.
const { printSdl, SDL_FILE } = await import('../schema/print.js');
const { printRoles, ROLES_FILE } = await import('../schema/printRoles.js');
await Promise.all([writeFile(SDL_FILE, printSdl()), writeFile(ROLES_FILE, printRoles())]);
console.log(isNew ? 'Done.' : 'The database client is up to date; the schema was printed.');
