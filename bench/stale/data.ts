import { Readable } from 'node:stream';
import type pg from 'pg';
import type { Platform } from '../../runtime/platform.js';

export const ASSETS = 20_000;
export const PRODUCTS = 2_000;
/** Of each product, the file it has and the one before. */
export const CAD_FILES = 2 * PRODUCTS;
/** Of so many products one got its new file without its being taken in. */
const NOT_TAKEN_IN = 20;
const PARTS = 30;

const id = (kind: string, n: string) =>
  `(lpad('${kind}', 8, '0') || '-0000-7000-8000-' || lpad((${n})::text, 12, '0'))::uuid`;

/** Object tree and material map of a product: every fourth part a housing, which a rule turns into steel. */
export async function fileOf(store: Platform['store'], product: number): Promise<{ objects: string; map: string }> {
  const parts = Array.from({ length: PARTS }, (_, at) => ({
    ...{ partId: `p${at}`, name: `${at % 4 === 0 ? 'Housing' : 'Part'} ${product}-${at}`, color: null, faceColors: [] },
    ...{ instanceCount: 1, triangleCount: 100, surfaceAreaMm2: 1, volumeMm3: 1 },
  }));
  const put = async (value: unknown) => (await store.put(Readable.from([Buffer.from(JSON.stringify(value))]))).sha256;
  const tree = { declaredUnit: 'mm', schema: 'AUTOMOTIVE_DESIGN', parts, roots: [], warnings: [] };
  const assignments = parts.map(({ partId, name }) => ({
    ...{ partId, partName: name, source: 'default', ruleId: null, material: null },
  }));
  return { objects: await put(tree), map: await put({ assignments, unmapped: parts.map(({ name }) => name) }) };
}

/** A catalogue after some years: ten assets of each product, each by a run of twelve nodes, all made with the same library; and a 3D model
 * of nearly every CAD file. */
export async function fillCatalogue(
  pool: pg.Pool,
  files: readonly { objects: string; map: string }[],
  library: string,
): Promise<void> {
  const artifact = (role: string, sha: string) =>
    `jsonb_build_object('artifact', jsonb_build_object('role', '${role}', 'sha256', ${sha}))`;
  const client = await pool.connect();
  await client.query('create temporary table file (n int primary key, objects text, map text)');
  await client.query('insert into file select * from unnest($1::int[], $2::text[], $3::text[])', [
    files.map((_, at) => at + 1),
    files.map(({ objects }) => objects),
    files.map(({ map }) => map),
  ]);
  const bindings = `{"objects": [{"from": "node", "idx": 1, "port": "objects"}], "materialLibrary": [{"from": "entry", "slot": "materialLibrary"}]}`;
  const nodes = Array.from({ length: 12 }, (_, idx) => (idx === 2 ? `{"params": {}, "bindings": ${bindings}}` : '{}'));
  const sql = `
    insert into workflow (id, key, name, family, draft, updated_at) values (${id('1', '1')}, 'w', 'W', 'order_line', '{}', now());
    insert into workflow_version (id, workflow_id, number, graph) values (${id('2', '1')}, ${id('1', '1')}, 1, '{}');
    insert into output_type (id, key, name, family, artifact_kind, workflow_id, rollout, profile_changed_at)
      values (${id('5', '1')}, 't', 'T', 'order_line', 'still_image', ${id('1', '1')}, 'graph', '2020-01-01');
    insert into artifact (id, role, media_type, sha256, byte_size, file_name, metadata)
      select ${id('9', '1')}, 'still_image', 'image/png', repeat('0', 64), 1, 'still.png', '{}';
    insert into cad_file (id, name, artifact_id)
      select ${id('c', 'n')}, 'file-' || n || '.step', ${id('9', '1')} from generate_series(1, ${CAD_FILES}) n;
    insert into product (id, sku, name, cad_file_id)
      select ${id('4', 'n')}, 'SKU-' || n, 'Product ' || n, ${id('c', 'n')} from generate_series(1, ${PRODUCTS}) n;
    insert into former_cad_file (product_id, cad_file_id)
      select ${id('4', 'n')}, ${id('c', `n + ${PRODUCTS}`)} from generate_series(1, ${PRODUCTS}) n;
    insert into workflow (id, key, name, family, draft, updated_at) values (${id('1', '2')}, 'i', 'I', 'cad_file', '{}', now());
    insert into workflow_version (id, workflow_id, number, graph) values (${id('2', '2')}, ${id('1', '2')}, 1, '{}');
    insert into "order" (id) select ${id('6', 'n')} from generate_series(1, ${ASSETS / 4}) n;
    insert into order_line (id, order_id, line_number, product_id, output_type_id)
      select ${id('7', 'n')}, ${id('6', '(n - 1) / 4 + 1')}, (n - 1) % 4 + 1, ${id('4', `(n - 1) % ${PRODUCTS} + 1`)}, ${id('5', '1')}
      from generate_series(1, ${ASSETS}) n;
    insert into run_plan (hash, graph, plan) values ('bench', '{}', '{"nodes": [${nodes.join(', ')}]}');
    insert into run (id, family, status, plan_hash, workflow_id, workflow_version_id, cad_file_id, entry, open_nodes)
      select ${id('b', 'n')}, 'cad_file', 'succeeded', 'bench', ${id('1', '2')}, ${id('2', '2')}, ${id('c', 'n')}, '{}', 0
      from generate_series(1, ${CAD_FILES}) n where n > ${PRODUCTS} or n % ${NOT_TAKEN_IN} <> 0;
    insert into run (id, family, status, plan_hash, workflow_id, workflow_version_id, order_line_id, cad_file_id, entry, open_nodes)
      select ${id('8', 'n')}, 'order_line', 'succeeded', 'bench', ${id('1', '1')}, ${id('2', '1')}, ${id('7', 'n')}, ${id('c', `(n - 1) % ${PRODUCTS} + 1`)},
        jsonb_build_object('materialLibrary', jsonb_build_object('sha256', '${library}'), 'product', '{"category": null, "materialAssignments": {}}'::jsonb), 0
      from generate_series(1, ${ASSETS}) n;
    insert into node_run (run_id, idx, node_id, step, module_key, capability, status, pending, predecessors, successors, uses_entry,
        on_failure, attempt, max_attempts, backoff_ms, outputs)
      select ${id('8', 'r.n')}, k, 'node' || k, 's', (array['cad.resolve_step_path', 'cad.extract_objects', 'materials.resolve_map'])[k + 1], 'cpu',
        'succeeded', 0, '{}', '{}', false, 'halt', 1, 3, 1000,
        case k when 1 then jsonb_build_object('objects', ${artifact('object_tree', 'f.objects')})
          when 2 then jsonb_build_object('map', ${artifact('material_map', 'f.map')}) else '{}' end
      from (select s as n, (s - 1) % ${PRODUCTS} + 1 as product from generate_series(1, ${ASSETS}) s) r join file f on f.n = r.product
        cross join generate_series(0, 2) k;
    insert into node_run (run_id, idx, node_id, step, module_key, capability, status, pending, predecessors, successors, uses_entry,
        on_failure, attempt, max_attempts, backoff_ms, outputs)
      select ${id('8', 'n')}, k, 'node' || k, 's', 'render.blender_still', 'blender', 'succeeded', 0, '{}', '{}', false, 'halt', 1, 3, 1000, '{}'
      from generate_series(1, ${ASSETS}) n cross join generate_series(3, 11) k;
    insert into asset (id, run_id, node_id, artifact_id, name, kind, published_at)
      select (lpad('d', 8, '0') || substr(id::text, 9))::uuid, id, 'glb', ${id('9', '1')}, 'model.glb', 'glb_model',
        now() - interval '3 years' from run where family = 'cad_file';
    insert into asset (id, run_id, node_id, artifact_id, name, kind, product_id, order_line_id, published_at)
      select ${id('a', 'n')}, ${id('8', 'n')}, 'node11', ${id('9', '1')}, 'still-' || n || '.png', 'still_image',
        ${id('4', `(n - 1) % ${PRODUCTS} + 1`)}, ${id('7', 'n')}, now() - n * interval '1 minute' from generate_series(1, ${ASSETS}) n;
    analyze;
  `;
  await client.query(sql).finally(() => client.release());
}
