import type pg from 'pg';
import { encodeGlobalId } from '../../runtime/globalId.js';

const localId = (n: number) => `00000008-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** Id of run number `n` as subscribers see it; all are equally long. */
export const runId = (n: number): string => encodeGlobalId('Run', localId(n));

/** Runs that wait to be begun: what is published is that one began. */
export async function fill(pool: pg.Pool, count: number): Promise<void> {
  await pool.query(`
    insert into workflow (id, key, name, family, draft, updated_at)
      values ('00000001-0000-7000-8000-000000000001', 'stills', 'Stills', 'cad_file', '{}', now());
    insert into run_plan (hash, graph, plan) values ('bench', '{}', '{"nodes": []}');
    insert into run (id, family, status, plan_hash, workflow_id, entry, open_nodes)
      select ('00000008-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'cad_file', 'queued', 'bench',
        '00000001-0000-7000-8000-000000000001', '{}', 1 from generate_series(1, ${count}) n;
    analyze`);
}

/** A run begins. */
export const begin = (pool: pg.Pool, n: number) =>
  pool.query({
    name: 'begin',
    text: `update run set status = 'running', started_at = now() where id = $1`,
    values: [localId(n)],
  });
