import type { Asset } from '../generated/prisma/client.js';
import { contentHash } from '../modules/hash.js';
import { type DecidedMaterials, MaterialChanges } from './materials/changes.js';
import type { Platform } from './platform.js';
import type { Statements } from './reads/awaitedStatements.js';
import { materialLibrary } from './runs/snapshots.js';

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
  /** How it can be made anew. */
  source: StaleSource;
}

/** What the run that makes an asset anew is about: its order line; or the CAD files to take in, which are those that the products moved to
 * where its own is nobody's any more. */
export type StaleSource = { orderLineId: string } | { cadFileIds: string[]; workflowId: string };

export interface StaleFilter {
  productId?: string;
  outputTypeId?: string;
  reason?: StaleReasonCode;
}

type Parts = Pick<Platform, 'db' | 'store' | 'log'> & { pool: Statements };

/** Newest versions of what was made for order lines that still stand, or for CAD files. */
const NEWEST = `
  FROM asset a
  JOIN run r ON r.id = a.run_id
  LEFT JOIN order_line l ON l.id = a.order_line_id
  LEFT JOIN product p ON p.id = l.product_id
  LEFT JOIN category g ON g.id = p.category_id
  LEFT JOIN output_type t ON t.id = l.output_type_id`;
const FILTERED = `a.superseded_at IS NULL AND l.cancelled_at IS NULL AND (l.id IS NOT NULL OR r.order_line_id IS NULL)
    AND ($1::uuid IS NULL OR l.output_type_id = $1) AND ($2::uuid[] IS NULL OR a.id = ANY($2))`;

/** All assets of a product: those of its order lines, and those of the CAD files it has and had. Known before anything is judged, so that
 * the list of one product is as quick in a large catalogue as in a small one. */
const OF_PRODUCT = `
  SELECT a.id FROM order_line l JOIN asset a ON a.order_line_id = l.id WHERE l.product_id = $1
  UNION SELECT a.id
  FROM (SELECT cad_file_id FROM product WHERE id = $1 UNION SELECT cad_file_id FROM former_cad_file WHERE product_id = $1) c
    JOIN run r ON r.cad_file_id = c.cad_file_id AND r.order_line_id IS NULL JOIN asset a ON a.run_id = r.id`;

/** Decisions about materials that could come out another way: the library, the product's category or what was chosen for it is not
 * what it was. Runs that decided from the same are one row. */
const DECISIONS = `
  SELECT d.module_key AS "moduleKey", d.params, d.objects_sha256 AS objects, d.proposal_sha256 AS proposal, d.map_sha256 AS map,
    g.key AS category, coalesce(p.material_assignments, '{}') AS assignments, coalesce(l.material_overrides, '{}') AS overrides,
    array_agg(DISTINCT d.run_id) AS "runIds"
  ${NEWEST}
  JOIN material_decision d ON d.run_id = r.id
  WHERE ${FILTERED} AND (d.library_sha256 <> $3
    OR (l.id IS NOT NULL AND (r.entry->'product'->>'category', r.entry->'product'->'materialAssignments') IS DISTINCT FROM (g.key, p.material_assignments)))
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY d.objects_sha256`;

/** Of an asset of a CAD file that no product has any more: the files its products have now, and what is yet to be made of them. */
const MOVED = `
  SELECT coalesce(jsonb_agg(jsonb_build_object('cadFileId', c.id, 'name', c.name, 'products', products, 'product', product)
      ORDER BY c.name, c.id) FILTER (WHERE NOT EXISTS (
        SELECT FROM run again JOIN asset made ON made.run_id = again.id
        WHERE again.cad_file_id = c.id AND again.workflow_id = r.workflow_id AND again.order_line_id IS NULL)), '[]') AS due,
    count(*) > 0 AS "isLeft"
  FROM (SELECT q.cad_file_id, count(*)::int AS products, min(q.name) AS product
    FROM former_cad_file f JOIN product q ON q.id = f.product_id
    WHERE l.id IS NULL AND f.cad_file_id = r.cad_file_id AND NOT EXISTS (SELECT FROM product s WHERE s.cad_file_id = r.cad_file_id)
    GROUP BY 1) now JOIN cad_file c ON c.id = now.cad_file_id`;

/** Assets with everything that is not what it was. Those of a CAD file that its products left behind are out of date until the
 * workflow has published something of the new files, whatever else changed.
 * $3: runs whose materials would be others; $4: the reason asked for. */
const CANDIDATES = `
  SELECT a.id, a.run_id AS "runId", a.order_line_id AS "orderLineId", r.cad_file_id AS "cadFileId", r.workflow_id AS "workflowId",
    t.name AS "outputTypeName", coalesce(c.name, '') AS "newCadFile", moved.due AS moved, newest.number AS "newVersion", used.number AS "usedVersion",
    template.label AS template, codes
  ${NEWEST}
  LEFT JOIN cad_file c ON c.id = p.cad_file_id
  LEFT JOIN workflow_version used ON used.id = r.workflow_version_id
  LEFT JOIN workflow w ON w.id = r.workflow_id AND w.archived_at IS NULL
  LEFT JOIN LATERAL (SELECT v.id, v.number FROM workflow_version v
    WHERE v.workflow_id = w.id AND (t.version_policy IS DISTINCT FROM 'pinned' OR v.id = t.pinned_version_id)
    ORDER BY v.number DESC LIMIT 1) newest ON r.mode = 'graph' AND (t.id IS NULL OR r.workflow_id = t.workflow_id)
  LEFT JOIN LATERAL (SELECT now.label FROM template_choice made JOIN render_template now ON now.name = made.name
    WHERE made.run_id = r.id AND now.version <> made.version LIMIT 1) template ON true
  CROSS JOIN LATERAL (${MOVED}) moved
  CROSS JOIN LATERAL (SELECT array_remove(ARRAY[
    CASE WHEN (l.id IS NOT NULL AND p.cad_file_id IS DISTINCT FROM r.cad_file_id) OR moved."isLeft" THEN 'cad_file' END,
    CASE WHEN a.run_id = ANY($3::uuid[]) THEN 'materials' END,
    CASE WHEN template.label IS NOT NULL THEN 'template' END,
    CASE WHEN newest.id IS DISTINCT FROM r.workflow_version_id AND newest.id IS NOT NULL THEN 'workflow' END,
    CASE WHEN t.profile_changed_at > r.created_at THEN 'output_type' END], NULL) AS codes) found
  WHERE ${FILTERED} AND cardinality(codes) > 0 AND (NOT moved."isLeft" OR moved.due <> '[]') AND ($4::text IS NULL OR $4 = ANY(codes))`;

/** $5, $6: the page is behind this asset, and before that one; $7: most that are read. */
function pageOf({ direction = 'asc', isFromEnd = false }: StalePage): string {
  const at = '(a.published_at, a.id)';
  const [behind, before] = direction === 'asc' ? ['>', '<'] : ['<', '>'];
  const readIn = isFromEnd === (direction === 'asc') ? 'DESC' : 'ASC';
  const mark = (parameter: string) => `(SELECT m.published_at, m.id FROM asset m WHERE m.id = ${parameter})`;
  return `${CANDIDATES}
    AND ($5::uuid IS NULL OR ${at} ${behind} ${mark('$5')}) AND ($6::uuid IS NULL OR ${at} ${before} ${mark('$6')})
  ORDER BY a.published_at ${readIn}, a.id ${readIn} LIMIT $7`;
}

/** A CAD file that products have now instead of the one an asset was made of. */
interface MovedTo {
  cadFileId: string;
  name: string;
  /** How many products; one of them by name. */
  products: number;
  product: string;
}

interface Candidate {
  id: string;
  runId: string;
  orderLineId: string | null;
  cadFileId: string;
  workflowId: string;
  outputTypeName: string | null;
  /** Name of the product's CAD file; empty: it has none. */
  newCadFile: string;
  moved: MovedTo[];
  newVersion: number | null;
  usedVersion: number | null;
  template: string | null;
  codes: StaleReasonCode[];
}

export interface StalePage {
  /** Ids of assets: only what is behind one, and before the other. */
  after?: string | null;
  before?: string | null;
  /** At most so many. */
  limit: number;
  /** By when they were published. Default: the oldest first. */
  direction?: 'asc' | 'desc';
  /** Read from the other end, which then comes first. Default: false. */
  isFromEnd?: boolean;
}

/** Published assets that would not come out the same today, with the reasons: newest versions of what was made for order lines that still
 * stand, and for CAD files. Takes the same few statements however large the catalogue is; what the materials have to do with it is found
 * out once, for all pages and their number. */
export class StaleAssets {
  private found: Promise<Judged> | null = null;

  /** @param ids - only these assets. */
  constructor(
    private readonly platform: Parts,
    private readonly filter: StaleFilter = {},
    private readonly ids: readonly string[] | null = null,
  ) {}

  async page(page: StalePage): Promise<StaleAsset[]> {
    const { parameters, materials } = await this.judged();
    const { rows } = await this.platform.pool.query<Candidate>(pageOf(page), [
      ...parameters,
      page.after ?? null,
      page.before ?? null,
      page.limit,
    ]);
    const assets = await this.platform.db.asset.findMany({ where: { id: { in: rows.map(({ id }) => id) } } });
    const byId = new Map(assets.map((asset) => [asset.id, asset]));
    return rows.flatMap((row) => {
      const asset = byId.get(row.id);
      const { orderLineId, cadFileId, moved, workflowId } = row;
      const cadFileIds = moved.length > 0 ? moved.map((file) => file.cadFileId) : [cadFileId];
      const source = orderLineId ? { orderLineId } : { cadFileIds, workflowId };
      return asset ? [{ asset, reasons: reasonsOf(row, materials.get(row.runId) ?? []), source }] : [];
    });
  }

  async count(): Promise<number> {
    const { parameters } = await this.judged();
    const { rows } = await this.platform.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM (${CANDIDATES}) stale`,
      [...parameters],
    );
    return rows[0]!.count;
  }

  private judged(): Promise<Judged> {
    this.found ??= this.judge();
    return this.found;
  }

  private async judge(): Promise<Judged> {
    const { platform, filter, ids } = this;
    const ofProduct = filter.productId ? await assetsOf(platform, filter.productId) : null;
    const among = ofProduct && ids ? ofProduct.filter((id) => ids.includes(id)) : (ofProduct ?? ids);
    const which = [filter.outputTypeId ?? null, among];
    const materials = await changedMaterials(platform, which);
    return { materials, parameters: [...which, [...materials.keys()], filter.reason ?? null] };
  }
}

interface Judged {
  /** By run: what would look different. */
  materials: Map<string, string[]>;
  /** Of `CANDIDATES`. */
  parameters: readonly unknown[];
}

async function assetsOf({ pool }: Parts, productId: string): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(OF_PRODUCT, [productId]);
  return rows.map(({ id }) => id);
}

/** By run: what would look different. */
async function changedMaterials(platform: Parts, which: readonly unknown[]): Promise<Map<string, string[]>> {
  const library = await materialLibrary(platform);
  const { rows } = await platform.pool.query<DecidedMaterials & { runIds: string[] }>(DECISIONS, [
    ...which,
    contentHash(library),
  ]);
  const changes = new MaterialChanges(platform, library);
  const found = new Map<string, string[]>();
  for (let at = 0; at < rows.length; at += AT_ONCE)
    await Promise.all(
      rows.slice(at, at + AT_ONCE).map(async ({ runIds, ...decided }) => {
        const messages = await changes.of(decided);
        if (messages.length > 0)
          for (const runId of runIds) found.set(runId, [...new Set([...(found.get(runId) ?? []), ...messages])]);
      }),
    );
  return found;
}

/** Decisions that are looked at side by side. */
const AT_ONCE = 32;

function reasonsOf(row: Candidate, materials: readonly string[]): StaleReason[] {
  return row.codes.flatMap((code): StaleReason[] => {
    if (code === 'materials') return materials.map((message) => ({ code, message }));
    if (code === 'cad_file' && !row.orderLineId)
      return row.moved.map((file) => ({ code, message: sentenceOfMove(file) }));
    return [{ code, message: SENTENCES[code](row) }];
  });
}

const SENTENCES: Record<Exclude<StaleReasonCode, 'materials'>, (row: Candidate) => string> = {
  cad_file: ({ newCadFile }) =>
    newCadFile === '' ? 'The product has no CAD file any more.' : `The CAD file is “${newCadFile}” now.`,
  template: ({ template }) => `The render template “${template}” changed.`,
  workflow: ({ newVersion, usedVersion }) =>
    usedVersion === null
      ? `It was made by a draft; version ${newVersion} of the workflow is published.`
      : `It was made by version ${usedVersion} of the workflow; version ${newVersion} counts now.`,
  output_type: ({ outputTypeName }) => `The output type “${outputTypeName}” changed.`,
};

const sentenceOfMove = ({ name, products, product }: MovedTo) =>
  products === 1
    ? `The product “${product}” has the CAD file “${name}” now.`
    : `${products} products have the CAD file “${name}” now.`;
