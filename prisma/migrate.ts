import { migrationsList, NO_FILTER, ownMigrations, withSchemaEngine } from './schemaEngine.js';

/** Brings the database up to the newest migration; a no-op when it is there already. Same history table as `prisma migrate deploy`.
 * @returns names of the migrations applied now.
 * @throws Error when an applied migration was edited or one failed half-way, before anything is changed. */
export async function migrate(databaseUrl: string, migrationsDir: URL = ownMigrations): Promise<string[]> {
  return withSchemaEngine(databaseUrl, async (engine) => {
    const list = await migrationsList(migrationsDir);
    const history = await engine.diagnoseMigrationHistory({
      migrationsList: list,
      optInToShadowDatabase: false,
      filters: NO_FILTER,
    });
    if (history.editedMigrationNames.length)
      throw new Error(
        `These migrations were changed after they were applied: ${history.editedMigrationNames.join(', ')}. Restore them and add a new migration.`,
      );
    if (history.failedMigrationNames.length)
      throw new Error(`These migrations failed earlier and need a look: ${history.failedMigrationNames.join(', ')}.`);
    const { appliedMigrationNames } = await engine
      .applyMigrations({ migrationsList: list, filters: NO_FILTER })
      .catch((error: Error) => {
        throw new Error(inOneLine(error.message), { cause: error });
      });
    return appliedMigrationNames;
  });
}

/** The engine's reports go over many lines and end in its own stack. */
function inOneLine(report: string): string {
  const name = report.match(/migration_name="([^"]+)"/)?.[1];
  const reason = report
    .split(/\n\s+0: /)[0]!
    .replace('external connector error', '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  return name ? `The migration ${name} failed: ${reason}.` : reason;
}
