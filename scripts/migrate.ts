import { migrate } from '../prisma/migrate.js';
import { indexTextSearch, NO_TEXT_INDEX } from '../prisma/textSearch.js';

// npm run migrate: brings the database of DATABASE_URL up to date. npm start does it by itself.
const url = process.env.DATABASE_URL;
if (!url) {
  console.error('Set DATABASE_URL to the database that is to be migrated.');
  process.exit(2);
}
try {
  const applied = await migrate(url);
  if (!(await indexTextSearch(url))) console.warn(NO_TEXT_INDEX);
  console.log(applied.length ? `Applied: ${applied.join(', ')}` : 'The database is up to date.');
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
