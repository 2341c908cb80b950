import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const here = new URL('.', import.meta.url);
/** prisma/migrations. */
export const ownMigrations = new URL('migrations/', here);

/** The part of Prisma's schema engine used here. Its WASM build needs no engine download; its API is not documented, so the version is pinned and migrate.test.ts covers it. */
interface SchemaEngine {
  applyMigrations(input: object): Promise<{ appliedMigrationNames: string[] }>;
  diagnoseMigrationHistory(input: object): Promise<{ editedMigrationNames: string[]; failedMigrationNames: string[] }>;
  diff(input: object): Promise<{ exitCode: number; stdout: string | null }>;
  free(): void;
}

interface SchemaEngineClass {
  new: (options: object, log: (line: string) => void, adapter: object) => Promise<SchemaEngine>;
}

let loaded: Promise<SchemaEngineClass> | undefined;

/** Node cannot import `.wasm` as a module without a flag, so the two halves of the package are joined by hand; once per process, the glue is a singleton. */
async function loadWasm(): Promise<SchemaEngineClass> {
  (globalThis as any).PRISMA_WASM_PANIC_REGISTRY ??= { set_message: (message: string) => console.error(message) };
  const require = createRequire(import.meta.url);
  const glue = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as any;
  const bytes = await readFile(
    require.resolve('@prisma/schema-engine-wasm').replace(/schema_engine\.js$/, 'schema_engine_bg.wasm'),
  );
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': withoutLingering(glue) });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports as any).__wbindgen_start();
  return glue.SchemaEngine;
}

/** The engine guards its lock with a 10 s timer and never clears it; unreferenced, it does not hold up the end of the process. */
function withoutLingering(glue: Record<string, any>): WebAssembly.ModuleImports {
  const imports = { ...glue };
  for (const name of Object.keys(glue).filter((key) => key.startsWith('__wbg_setTimeout_')))
    imports[name] = (...args: unknown[]) => glue[name](...args).unref();
  return imports;
}

export async function dataModel(): Promise<string> {
  return readFile(new URL('schema.prisma', here), 'utf8');
}

/** The migrations of a directory, in order, as the engine wants them. */
export async function migrationsList(migrationsDir: URL = ownMigrations) {
  const names = (await readdir(migrationsDir, { withFileTypes: true }))
    .filter((e) => e.isDirectory())
    .map((e) => e.name)
    .sort();
  return {
    baseDir: migrationsDir.pathname,
    lockfile: {
      path: 'migration_lock.toml',
      content: await readFile(new URL('migration_lock.toml', migrationsDir), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok', value: await readFile(new URL(`${name}/migration.sql`, migrationsDir), 'utf8') },
        },
      })),
    ),
  };
}

export const NO_FILTER = { externalTables: [], externalEnums: [] };

/** Prisma's adapter with what the engine needs and it lacks; for one engine, whose queries come one after the other. */
class MigrationAdapter extends PrismaPg {
  /** Columns of the last result that have the catalogue's one-letter type "char". */
  private charColumns: number[] = [];

  constructor(pool: pg.Pool) {
    super(pool);
    // The adapter refuses "char", which the engine reads when it looks at a database: it gets text, and back comes a character.
    pool.on('connect', (client) => (client as any).connection.prependListener('rowDescription', this.readCharAsText));
  }

  private readCharAsText = ({ fields }: { fields: { dataTypeID: number }[] }) => {
    const CHAR = 18;
    const TEXT = 25;
    this.charColumns = fields.flatMap((field, i) => (field.dataTypeID === CHAR ? [i] : []));
    for (const i of this.charColumns) fields[i]!.dataTypeID = TEXT;
  };

  override async connect() {
    const adapter = await super.connect();
    const { client, queryRaw, onError } = adapter as any;
    // The adapter cuts a script at every semicolon, which no function body survives; Postgres takes the script whole.
    adapter.executeScript = async (script) => void (await client.query(script).catch(onError.bind(adapter)));
    adapter.queryRaw = async (query) => {
      const result = await queryRaw.call(adapter, query);
      for (const i of this.charColumns) result.columnTypes[i] = ColumnTypeEnum.Character;
      return result;
    };
    return adapter;
  }

  /** Only createMigration.ts asks for one, and hands in an empty database. */
  override connectToShadowDb() {
    return this.connect();
  }
}

/** Runs `work` with a schema engine connected to `databaseUrl`, and frees it after. */
export async function withSchemaEngine<T>(databaseUrl: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  loaded ??= loadWasm();
  const engineClass = await loaded;
  // The engine never closes its connection, which holds the migration lock: so the pool is ours to end.
  const pool = new pg.Pool({ connectionString: databaseUrl });
  const factory = bindMigrationAwareSqlAdapterFactory(new MigrationAdapter(pool));
  const engine = await engineClass.new({ datamodels: [['schema.prisma', await dataModel()]] }, () => {}, factory);
  try {
    return await work(engine);
  } finally {
    engine.free();
    await pool.end();
  }
}
