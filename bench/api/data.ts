import type pg from 'pg';

export const RUNS = 20_000;
export const NODES = 12;

/** A studio after some years: runs of 40 workflows with their node runs, orders, products, assets. */
export async function fill(pool: pg.Pool): Promise<void> {
  const id = (kind: string, n: string) =>
    `(lpad('${kind}', 8, '0') || '-0000-7000-8000-' || lpad((${n})::text, 12, '0'))::uuid`;
  await pool.query(`
    insert into workflow (id, key, name, family, draft, updated_at)
      select ${id('1', 'n')}, 'workflow_' || n, 'Workflow ' || n, 'order_line', '{}', now() from generate_series(1, 40) n;
    insert into workflow_version (id, workflow_id, number, graph)
      select ${id('2', 'n')}, ${id('1', 'n')}, 1, '{}' from generate_series(1, 40) n;
    insert into category (id, key, label) values (${id('3', '1')}, 'bearings', 'Bearings');
    insert into product (id, sku, name, category_id)
      select ${id('4', 'n')}, 'SKU-' || n, 'Product ' || n, ${id('3', '1')} from generate_series(1, 2000) n;
    insert into output_type (id, key, name, family, artifact_kind, workflow_id)
      select ${id('5', 'n')}, 'type_' || n, 'Output type ' || n, 'order_line', 'still_image', ${id('1', 'n')} from generate_series(1, 40) n;
    insert into "order" (id, created_at)
      select ${id('6', 'n')}, now() - n * interval '1 minute' from generate_series(1, 5000) n;
    insert into order_line (id, order_id, line_number, product_id, output_type_id)
      select ${id('7', 'n')}, ${id('6', '(n - 1) / 4 + 1')}, (n - 1) % 4 + 1, ${id('4', 'n % 2000 + 1')}, ${id('5', 'n % 40 + 1')}
      from generate_series(1, ${RUNS}) n;
    insert into run_plan (hash, graph, plan) values ('bench', '{}', '{"nodes": []}');
    insert into run (id, family, status, plan_hash, workflow_id, workflow_version_id, order_line_id, entry, open_nodes, last_seq, created_at, started_at, finished_at)
      select ${id('8', 'n')}, 'order_line', (case when n % 20 = 0 then 'failed' else 'succeeded' end)::"RunStatus", 'bench',
        ${id('1', 'n % 40 + 1')}, ${id('2', 'n % 40 + 1')}, ${id('7', 'n')}, '{}', 0, 40,
        now() - n * interval '1 minute', now() - n * interval '1 minute', now() - (n - 1) * interval '1 minute'
      from generate_series(1, ${RUNS}) n;
    insert into node_run (run_id, idx, node_id, step, module_key, capability, status, pending, predecessors, successors, uses_entry,
        on_failure, attempt, max_attempts, backoff_ms, progress, started_at, finished_at)
      select ${id('8', 'n')}, k, 'node' || k, 'blender_still', 'render.blender_still', 'blender', 'succeeded', 0, '{}', '{}', false,
        'halt', 1, 3, 1000, 1, now() - n * interval '1 minute', now() - n * interval '1 minute' + interval '5 seconds'
      from generate_series(1, ${RUNS}) n, generate_series(0, ${NODES - 1}) k;
    insert into artifact (id, role, media_type, sha256, byte_size, file_name, metadata, run_id, node_id)
      select ${id('9', 'n')}, 'still_image', 'image/png', md5(n::text) || md5(n::text), 100000 + n, 'still-' || n || '.png',
        '{"widthPx": 2048, "heightPx": 2048}', ${id('8', 'n')}, 'node11' from generate_series(1, ${RUNS}) n;
    insert into asset (id, run_id, node_id, artifact_id, name, kind, product_id, order_line_id, published_at)
      select ${id('a', 'n')}, ${id('8', 'n')}, 'node11', ${id('9', 'n')}, 'still-' || n || '.png', 'still_image',
        ${id('4', 'n % 2000 + 1')}, ${id('7', 'n')}, now() - n * interval '1 minute' from generate_series(1, ${RUNS}) n;
    analyze;
  `);
}
