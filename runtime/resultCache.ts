import DataLoader from 'dataloader';
import type pg from 'pg';
import type { ArtifactStore } from './artifacts/store.js';
import { artifactsIn, type PortValues } from './nodeInputs.js';

/** Looks up earlier outputs of pure modules. Look-ups of one moment share a query. */
export class ResultCache {
  private readonly loader: DataLoader<string, PortValues | null>;

  constructor(
    pool: pg.Pool,
    private readonly store: ArtifactStore,
  ) {
    this.loader = new DataLoader(
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
  }

  /** @returns the outputs, or null where there are none or a file of theirs is gone from the store. */
  async get(key: string): Promise<PortValues | null> {
    const outputs = await this.loader.load(key);
    if (!outputs) return null;
    for (const { sha256 } of artifactsIn(outputs)) if ((await this.store.byteSize(sha256)) === null) return null;
    return outputs;
  }
}
