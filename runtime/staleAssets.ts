import { text } from 'node:stream/consumers';
import type { Asset } from '../generated/prisma/client.js';
import { contentHash } from '../modules/hash.js';
import { type Material, MaterialMap } from '../modules/shapes/materials.js';
import type { Platform } from './platform.js';
import { materialLibrary } from './snapshots.js';

/** What changed since an asset was made. */
export const STALE_REASONS = ['cad_file', 'materials', 'template', 'workflow', 'output_type'] as const;
export type StaleReasonCode = (typeof STALE_REASONS)[number];

export interface StaleReason {
  code: StaleReasonCode;
  /** One sentence for people. */
  message: string;
}

export interface StaleAsset {
  asset: Asset;
  reasons: StaleReason[];
}

export interface StaleFilter {
  productId?: string;
  outputTypeId?: string;
  reason?: StaleReasonCode;
}

type Parts = Pick<Platform, 'db' | 'pool' | 'store'>;

interface Candidate {
  id: string;
  productName: string;
  outputTypeName: string;
  /** Name of the product's CAD file; null: it is the one that was used. */
  newCadFile: string | null;
  newVersion: number | null;
  usedVersion: number | null;
  wasDraft: boolean;
  isProfileChanged: boolean;
  isAssignedAnew: boolean;
  template: string | null;
  libraryHash: string | null;
  maps: string[] | null;
}

const BATCH = 100;

/** Newest versions of order lines' assets, with everything that is compared with what is true now. What cannot be out of date is left
 * out, but for changed material libraries: whether one matters to an asset is in the file that says which part is made of what. */
const CANDIDATES = `
  SELECT a.id, p.name AS "productName", t.name AS "outputTypeName",
    CASE WHEN p.cad_file_id IS DISTINCT FROM r.cad_file_id THEN coalesce(c.name, '') END AS "newCadFile",
    CASE WHEN is_old THEN newest.number END AS "newVersion", used.number AS "usedVersion",
    is_old AND r.workflow_version_id IS NULL AS "wasDraft",
    t.profile_changed_at > r.created_at AS "isProfileChanged",
    is_assigned_anew AS "isAssignedAnew", template.label AS template,
    r.entry->'materialLibrary'->>'sha256' AS "libraryHash",
    (SELECT array_agg(DISTINCT map->>'sha256') FROM node_run n,
      jsonb_path_query(n.outputs, '$.*.artifact ? (@.role == "material_map")') map WHERE n.run_id = r.id) AS maps
  FROM asset a
  JOIN run r ON r.id = a.run_id
  JOIN order_line l ON l.id = a.order_line_id AND l.cancelled_at IS NULL
  JOIN product p ON p.id = l.product_id
  JOIN output_type t ON t.id = l.output_type_id
  LEFT JOIN cad_file c ON c.id = p.cad_file_id
  LEFT JOIN workflow_version used ON used.id = r.workflow_version_id
  LEFT JOIN LATERAL (SELECT v.id, v.number FROM workflow_version v
    WHERE v.workflow_id = t.workflow_id AND (t.version_policy = 'latest' OR v.id = t.pinned_version_id)
    ORDER BY v.number DESC LIMIT 1) newest ON r.mode = 'graph' AND r.workflow_id = t.workflow_id
  CROSS JOIN LATERAL (SELECT coalesce(newest.id <> r.workflow_version_id, newest.id IS NOT NULL) AS is_old,
    coalesce(r.entry->'product'->'materialAssignments' <> p.material_assignments, false) AS is_assigned_anew) old
  LEFT JOIN LATERAL (SELECT now.label FROM node_run n,
      jsonb_path_query(n.outputs, '$.*.artifact ? (@.role == "render_template")') made
    JOIN render_template now ON now.name = made->'metadata'->>'name'
    WHERE n.run_id = r.id AND now.version <> (made->'metadata'->>'version')::int LIMIT 1) template ON true
  WHERE a.superseded_at IS NULL AND ($1::uuid IS NULL OR (a.published_at, a.id) > (SELECT b.published_at, b.id FROM asset b WHERE b.id = $1))
    AND ($2::uuid IS NULL OR l.product_id = $2) AND ($3::uuid IS NULL OR l.output_type_id = $3)
    AND ($4::uuid[] IS NULL OR a.id = ANY($4))
    AND (p.cad_file_id IS DISTINCT FROM r.cad_file_id OR is_old OR is_assigned_anew OR t.profile_changed_at > r.created_at
      OR template.label IS NOT NULL OR r.entry->'materialLibrary'->>'sha256' <> $5)
  ORDER BY a.published_at, a.id LIMIT ${BATCH}`;

/** Published assets that would not come out the same today, oldest first, with the reasons: newest versions of what was made for order
 * lines that still stand. A new rule for materials is no reason by itself; it shows when the product is dispatched again.
 * @param page - `after`: id of the asset to go on behind; `limit`: at most so many.
 * @param ids - only these assets. */
export async function staleAssets(
  platform: Parts,
  filter: StaleFilter,
  page: { after?: string | null; limit: number },
  ids: readonly string[] | null = null,
): Promise<StaleAsset[]> {
  const library = await materialLibrary(platform);
  const now = new Map(library.materials.map((material) => [material.name, material]));
  const libraryHash = contentHash(library);
  // Runs with the same parts and materials share one map.
  const known = new Map<string, Promise<Material[]>>();
  const found: StaleAsset[] = [];
  for (let after = page.after ?? null; ; ) {
    const { rows } = await platform.pool.query<Candidate>(CANDIDATES, [
      after,
      filter.productId ?? null,
      filter.outputTypeId ?? null,
      ids,
      libraryHash,
    ]);
    const judged = await Promise.all(
      rows.map(async (row) => {
        const materials =
          row.libraryHash === libraryHash ? [] : await changedMaterials(platform, row.maps ?? [], now, known);
        return { id: row.id, reasons: reasonsOf(row, materials) };
      }),
    );
    const stale = judged.filter(
      ({ reasons }) => reasons.length > 0 && (!filter.reason || reasons.some(({ code }) => code === filter.reason)),
    );
    const taken = stale.slice(0, page.limit - found.length);
    const assets = await platform.db.asset.findMany({ where: { id: { in: taken.map(({ id }) => id) } } });
    const byId = new Map(assets.map((asset) => [asset.id, asset]));
    found.push(...taken.flatMap(({ id, reasons }) => (byId.has(id) ? [{ asset: byId.get(id)!, reasons }] : [])));
    after = rows.at(-1)?.id ?? null;
    if (rows.length < BATCH || found.length >= page.limit) return found;
  }
}

function reasonsOf(row: Candidate, materials: readonly string[]): StaleReason[] {
  const reasons: StaleReason[] = [];
  const add = (code: StaleReasonCode, message: string) => reasons.push({ code, message });
  if (row.newCadFile !== null)
    add(
      'cad_file',
      row.newCadFile === '' ? 'The product has no CAD file any more.' : `The CAD file is “${row.newCadFile}” now.`,
    );
  if (row.isAssignedAnew) add('materials', `Other materials were chosen for parts of “${row.productName}”.`);
  if (materials.length > 0)
    add('materials', `${materials.length === 1 ? 'A material' : 'Materials'} changed: ${materials.join(', ')}.`);
  if (row.template !== null) add('template', `The render template “${row.template}” changed.`);
  if (row.newVersion !== null)
    add(
      'workflow',
      row.wasDraft
        ? `It was made by a draft; version ${row.newVersion} of the workflow is published.`
        : `It was made by version ${row.usedVersion} of the workflow; version ${row.newVersion} counts now.`,
    );
  if (row.isProfileChanged) add('output_type', `The output type “${row.outputTypeName}” changed.`);
  return reasons;
}

/** Labels of the materials in use that are not what they were. */
async function changedMaterials(
  { store }: Parts,
  maps: readonly string[],
  now: ReadonlyMap<string, Material>,
  known: Map<string, Promise<Material[]>>,
): Promise<string[]> {
  const labels = new Set<string>();
  for (const sha256 of maps) {
    const used = known.get(sha256) ?? materialsOf(store, sha256);
    known.set(sha256, used);
    for (const material of await used) {
      const current = now.get(material.name);
      if (!current || contentHash(bare(current)) !== contentHash(bare(material)))
        labels.add(current?.label ?? material.label);
    }
  }
  return [...labels].sort();
}

/** What it looks like; another name for people changes no picture. */
const bare = ({ label: _label, ...look }: Material) => look;

async function materialsOf(store: Parts['store'], sha256: string): Promise<Material[]> {
  const { assignments } = MaterialMap.parse(JSON.parse(await text(store.open(sha256))));
  const byName = new Map(assignments.flatMap(({ material }) => (material ? [[material.name, material] as const] : [])));
  return [...byName.values()];
}
