import type pg from 'pg';
import type { Plan } from '../workflow/plan.js';

const KEEP = 200;

/** Plans by hash; they never change, so the newest few are kept. */
export class Plans {
  private readonly known = new Map<string, Promise<Plan>>();

  constructor(private readonly pool: pg.Pool) {}

  get(hash: string): Promise<Plan> {
    const found = this.known.get(hash) ?? this.read(hash);
    this.known.delete(hash);
    this.known.set(hash, found);
    const oldest = this.known.keys().next().value;
    if (this.known.size > KEEP && oldest !== undefined) this.known.delete(oldest);
    return found;
  }

  private async read(hash: string): Promise<Plan> {
    try {
      const { rows } = await this.pool.query('SELECT plan FROM run_plan WHERE hash = $1', [hash]);
      return rows[0].plan;
    } catch (error) {
      this.known.delete(hash);
      throw error;
    }
  }
}
