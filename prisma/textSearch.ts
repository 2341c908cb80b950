import pg from 'pg';

/** What to do where text cannot be indexed. */
export const NO_TEXT_INDEX =
  'The database lacks the extension pg_trgm, so searches in long lists are slow. Install it (Debian: postgresql-contrib), have a superuser run "CREATE EXTENSION pg_trgm" in this database, then run "npm run migrate".';

/** Gives searches their indexes, where the database can have them and has not; it may have learnt to since the migrations ran.
 * @returns whether they are there. */
export async function indexTextSearch(databaseUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT hm_index_text_search() AS "isIndexed"');
    return rows[0].isIndexed;
  } finally {
    await client.end();
  }
}
