import DataLoader from 'dataloader';
import type pg from 'pg';
import type { ArtifactStore } from './artifacts/store.js';
import { artifactsIn, type PortValues } from './nodeInputs.js';

/** What a pure module made of the same inputs and params before. */
export interface EarlierResult {
  outputs: PortValues;
  /** All of its files are in the store still, so it need not be made again. */
  isWhole: boolean;
}

/** Looks up earlier outputs of pure modules. Look-ups of one moment share a query. */
export class ResultCache {
  private readonly results: DataLoader<string, PortValues | null>;
  private readonly modules: DataLoader<string, boolean>;

  constructor(
    pool: pg.Pool,
    private readonly store: ArtifactStore,
  ) {
    this.results = new DataLoader(
      async (keys) => {
        const { rows } = await pool.query({
          name: 'result_cache',
          text: 'SELECT key, outputs FROM result_cache WHERE key = ANY($1)',
          values: [keys],
        });
        const found = new Map(rows.map((row) => [row.key as string, row.outputs as PortValues]));
        return keys.map((key) => found.get(key) ?? null);
      },
      { cache: false },
    );
    this.modules = new DataLoader(async (keys) => {
      const { rows } = await pool.query<{ name: string }>(
        'SELECT name FROM unnest($1::text[]) name WHERE EXISTS (SELECT FROM result_cache r WHERE r.module_key = name)',
        [keys],
      );
      const found = new Set(rows.map(({ name }) => name));
      return keys.map((key) => found.has(key));
    });
  }

  /** @returns the outputs, or null where there are none or a file of theirs is gone from the store. */
  async get(key: string): Promise<PortValues | null> {
    const earlier = await this.earlier(key);
    return earlier?.isWhole ? earlier.outputs : null;
  }

  /** The same, but of results whose files are gone too: made again, they come out the same. */
  async earlier(key: string): Promise<EarlierResult | null> {
    const outputs = await this.results.load(key);
    if (!outputs) return null;
    for (const { sha256 } of artifactsIn(outputs))
      if ((await this.store.byteSize(sha256)) === null) return { outputs, isWhole: false };
    return { outputs, isWhole: true };
  }

  /** Whether the module has ever made anything that is kept; asked once for each module. */
  hasResultsOf(moduleKey: string): Promise<boolean> {
    return this.modules.load(moduleKey);
  }
}
