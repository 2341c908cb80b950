import { dataModel, migrationsList, NO_FILTER, withSchemaEngine } from './schemaEngine.js';

/** The SQL that brings a database with all migrations to what schema.prisma says; null when they agree.
 * @param emptyDatabaseUrl - a scratch database: the migrations are played into it, to see what they make. */
export async function missingMigration(emptyDatabaseUrl: string): Promise<string | null> {
  const to = { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: await dataModel() }] };
  const from = { tag: 'migrations', ...(await migrationsList()) };
  const { exitCode, stdout } = await withSchemaEngine(emptyDatabaseUrl, (engine) =>
    engine.diff({ from, to, script: true, exitCode: true, shadowDatabaseUrl: null, filters: NO_FILTER }),
  );
  const DIFFERENT = 2;
  return exitCode === DIFFERENT ? stdout : null;
}
