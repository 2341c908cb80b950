import { mkdir, writeFile } from 'node:fs/promises';
import { dataModel, migrationsList, NO_FILTER, withSchemaEngine } from './schemaEngine.js';

// npm run migration -- <name>: writes prisma/migrations/<n>_<name>/migration.sql with what schema.prisma has and DATABASE_URL (fully migrated) has not.
const [name] = process.argv.slice(2);
const url = process.env.DATABASE_URL;
if (!name || !/^[a-z0-9_]+$/.test(name) || !url) {
  console.error(
    'Usage: DATABASE_URL=… npm run migration -- <name_in_snake_case> (the database must be fully migrated)',
  );
  process.exit(2);
}
const files = [{ path: 'schema.prisma', content: await dataModel() }];
const script = await withSchemaEngine(url, async (engine) => {
  const diff = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters: NO_FILTER,
  });
  return diff.stdout ?? '';
});
const number = String((await migrationsList()).migrationDirectories.length + 1).padStart(4, '0');
const dir = new URL(`migrations/${number}_${name}/`, import.meta.url);
await mkdir(dir, { recursive: true });
await writeFile(new URL('migration.sql', dir), script);
console.log(`prisma/migrations/${number}_${name}/migration.sql`);
