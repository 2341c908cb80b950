import DataLoader from 'dataloader';
import type pg from 'pg';
import type { CacheKeyParts } from '../../workflow/cacheKey.js';
import type { ArtifactStore } from '../artifacts/store.js';
import { artifactsIn, type PortValues } from './nodeInputs.js';

/** By the parts of a cache key; its column sorts by bytes, and `-` comes next to the comma behind the work. */
const LIKE = `
  SELECT EXISTS (SELECT FROM result_cache r WHERE r.key >= p.work || ',' AND r.key < p.work || '-'
    AND string_to_array(r.key, ',') @> ARRAY(SELECT jsonb_array_elements_text(p.inputs))) AS "isThere"
  FROM ROWS FROM (jsonb_to_recordset($1) AS (work text, inputs jsonb)) WITH ORDINALITY AS p(work, inputs, position) ORDER BY position`;

/** What a pure module made of the same inputs and params before. */
export interface EarlierResult {
  outputs: PortValues;
  /** Hashes of its files that are gone from the store: while there are any, it is made again. */
  lacking: string[];
}

/** Looks up earlier outputs of pure modules. Look-ups of one moment share a query. */
export class ResultCache {
  private readonly results: DataLoader<string, PortValues | null>;
  private readonly likes: DataLoader<CacheKeyParts, boolean>;

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
    this.likes = new DataLoader(
      async (parts) => {
        const { rows } = await pool.query<{ isThere: boolean }>(LIKE, [JSON.stringify(parts)]);
        return rows.map(({ isThere }) => isThere);
      },
      { cache: false },
    );
  }

  /** @returns the outputs, or null where there are none or a file of theirs is gone from the store. */
  async get(key: string): Promise<PortValues | null> {
    const earlier = await this.earlier(key);
    return earlier?.lacking.length === 0 ? earlier.outputs : null;
  }

  /** The same, but of results whose files are gone too: made again, they come out the same. */
  async earlier(key: string): Promise<EarlierResult | null> {
    const outputs = await this.results.load(key);
    if (!outputs) return null;
    const files = artifactsIn(outputs).map(({ sha256 }) => sha256);
    const sizes = await Promise.all(files.map((sha256) => this.store.byteSize(sha256)));
    return { outputs, lacking: files.filter((_, at) => sizes[at] === null) };
  }

  /** Whether there is a result of the same work and these inputs, whatever the others. */
  hasLike(parts: CacheKeyParts): Promise<boolean> {
    return this.likes.load(parts);
  }
}
