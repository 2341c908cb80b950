import type pg from 'pg';
import type { ArtifactRef } from '../../modules/artifacts.js';
import type { Family } from '../../modules/define.js';

// What every dispatch over a CAD file reads, by hand and in one round trip each: Prisma takes one for every relation,
// and this is where partners and batches wait.

export interface CadFileSubject {
  id: string;
  source: ArtifactRef;
}

/** A workflow with the version a run takes: the newest, or none. */
export interface RunnableWorkflow {
  id: string;
  name: string;
  family: Family;
  draft: unknown;
  isArchived: boolean;
  versions: { id: string; graph: unknown }[];
}

export async function findCadFile(pool: pg.Pool, id: string): Promise<CadFileSubject | null> {
  const { rows } = await pool.query({
    name: 'find_cad_file',
    text: `SELECT a.id, a.role, a.media_type AS "mediaType", a.sha256, a.byte_size::float8 AS "byteSize", a.file_name AS "fileName", a.metadata
           FROM cad_file c JOIN artifact a ON a.id = c.artifact_id WHERE c.id = $1`,
    values: [id],
  });
  return rows[0] ? { id, source: rows[0] } : null;
}

export async function findRunnableWorkflow(pool: pg.Pool, id: string): Promise<RunnableWorkflow | null> {
  const { rows } = await pool.query({
    name: 'find_runnable_workflow',
    text: `SELECT w.id, w.name, w.family, w.draft, w.archived_at IS NOT NULL AS "isArchived", v.id AS "versionId", v.graph
           FROM workflow w LEFT JOIN LATERAL (SELECT id, graph FROM workflow_version WHERE workflow_id = w.id ORDER BY number DESC LIMIT 1) v ON true
           WHERE w.id = $1`,
    values: [id],
  });
  if (!rows[0]) return null;
  const { versionId, graph, ...workflow } = rows[0];
  return { ...workflow, versions: versionId ? [{ id: versionId, graph }] : [] };
}
