import type pg from 'pg';
import type { ArtifactRef } from '../../modules/artifacts.js';
import type { Checkpoints } from '../../modules/context.js';
import type { ArtifactStore } from '../artifacts/store.js';

/** Nobody comes back for the checkpoints of work that was given up. */
const KEEP_DAYS = 14;

/** Checkpoints in the database, for every worker. They only save time: where the database does not answer, the work goes on without. */
export class StoredCheckpoints implements Checkpoints {
  /** What there is; read at the first use. Null: never used. */
  private known: Promise<Map<string, ArtifactRef>> | null = null;

  /** @param key the work: the same for every attempt, and for the same work in another run. */
  constructor(
    private readonly pool: pg.Pool,
    private readonly store: ArtifactStore,
    private readonly key: string,
    private readonly onTrouble: (message: string, error: unknown) => void,
  ) {}

  async get(name: string): Promise<ArtifactRef | null> {
    const artifact = (await this.load()).get(name);
    return artifact && (await this.store.byteSize(artifact.sha256)) !== null ? artifact : null;
  }

  async put(name: string, artifact: ArtifactRef): Promise<void> {
    (await this.load()).set(name, artifact);
    await this.ask(
      'INSERT INTO checkpoint (key, name, artifact) VALUES ($1, $2, $3) ON CONFLICT (key, name) DO UPDATE SET artifact = EXCLUDED.artifact, created_at = now()',
      [this.key, name, artifact],
    );
  }

  /** The work is done and recorded elsewhere. Removes what nobody came back for along with it. */
  async clear(): Promise<void> {
    if (this.known === null || (await this.known).size === 0) return;
    await this.ask('DELETE FROM checkpoint WHERE key = $1 OR created_at < now() - make_interval(days => $2)', [
      this.key,
      KEEP_DAYS,
    ]);
  }

  private load(): Promise<Map<string, ArtifactRef>> {
    this.known ??= this.ask('SELECT name, artifact FROM checkpoint WHERE key = $1', [this.key]).then(
      (rows) => new Map(rows.map((row) => [row.name as string, row.artifact as ArtifactRef])),
    );
    return this.known;
  }

  private async ask(text: string, values: unknown[]): Promise<Record<string, unknown>[]> {
    try {
      return (await this.pool.query(text, values)).rows;
    } catch (error) {
      this.onTrouble('What this step has finished so far could not be looked up or noted.', error);
      return [];
    }
  }
}
