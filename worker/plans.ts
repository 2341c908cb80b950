import type pg from 'pg';
import { latest } from '../runtime/latest.js';
import type { Plan } from '../workflow/plan.js';

const KEEP = 200;

/** Plans by hash; they never change, so the newest few are kept. */
export class Plans {
  private readonly known = latest<Plan>(KEEP);

  constructor(private readonly pool: pg.Pool) {}

  get(hash: string): Promise<Plan> {
    return this.known.forceFetch(hash, { context: () => this.read(hash) });
  }

  private async read(hash: string): Promise<Plan> {
    const { rows } = await this.pool.query('SELECT plan FROM run_plan WHERE hash = $1', [hash]);
    return rows[0].plan;
  }
}
