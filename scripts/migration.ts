import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingMigration } from '../prisma/createMigration.js';
import { migrationsList, ownMigrations } from '../prisma/schemaEngine.js';
import { startPostgres } from './lib/postgres.js';

// npm run migration -- <name>: writes prisma/migrations/<number>_<name>/migration.sql with what schema.prisma has and the migrations have not.
// Look at the SQL before you commit it; what Prisma cannot say (functions, partial indexes) is written in by hand.
const [name] = process.argv.slice(2);
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  console.error('Usage: npm run migration -- <name_in_snake_case>');
  process.exit(2);
}
const dir = await mkdtemp(join(tmpdir(), 'hartomat-migration-'));
const postgres = await startPostgres({
  dataDir: join(dir, 'postgres'),
  logFile: join(dir, 'postgres.log'),
  password: 'scratch',
  noSync: true,
});
try {
  const sql = await missingMigration(postgres.url('postgres'));
  if (sql === null) {
    console.log('The migrations already make what schema.prisma says.');
  } else {
    const newest = Math.max(
      ...(await migrationsList()).migrationDirectories.map(({ path }) => Number.parseInt(path, 10)),
    );
    const number = String(newest + 1).padStart(4, '0');
    const folder = new URL(`${number}_${name}/`, ownMigrations);
    await mkdir(folder);
    await writeFile(new URL('migration.sql', folder), sql);
    console.log(`prisma/migrations/${number}_${name}/migration.sql`);
  }
} finally {
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}
