import { DomainError } from '../../modules/errors.js';
import { ConflictError } from '../errors.js';
import type { Platform } from '../platform.js';
import { dispatch } from './dispatch.js';

/** A CAD file and the workflow that takes it in. */
export interface CadFileIntake {
  cadFileId: string;
  workflowId: string;
}

/** How a CAD file of a batch went: a run, or why there is none. */
export interface CadFileDispatch extends CadFileIntake {
  result: { runId: string } | DomainError;
}

interface IntakeFacts {
  /** Runs so far. */
  runs: number;
  isActive: boolean;
  /** The run that the same request has started before; null: none. */
  runOfKey: string | null;
}

/** Sends CAD files through their workflows once more, one result for each, in their order; one that cannot run does not stop the others.
 * Without a key, two requests at once start each once.
 * @param requestKey - what the keys of its runs are made of; null: the request has none. */
export async function dispatchCadFiles(
  platform: Platform,
  intakes: readonly CadFileIntake[],
  requestKey: string | null,
): Promise<CadFileDispatch[]> {
  const wanted = [...new Map(intakes.map((intake) => [nameOf(intake), intake])).values()];
  const facts = await intakeFacts(platform, wanted, requestKey);
  const results: CadFileDispatch[] = [];
  for (const intake of wanted) {
    const { runs, isActive, runOfKey } = facts.get(nameOf(intake))!;
    try {
      if (!runOfKey && isActive) throw new ConflictError('The CAD file is being taken in already.', 'CAD_FILE_RUNNING');
      const runId =
        runOfKey ??
        (await dispatch(platform, { ...intake, idempotencyKey: keyOf(intake, requestKey ?? String(runs)) })).runId;
      results.push({ ...intake, result: { runId } });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      results.push({ ...intake, result: error });
    }
  }
  return results;
}

const nameOf = ({ cadFileId, workflowId }: CadFileIntake) => `${cadFileId}/${workflowId}`;
const keyOf = (intake: CadFileIntake, requestKey: string) => `cad/${nameOf(intake)}/${requestKey}`;

async function intakeFacts(
  { pool }: Pick<Platform, 'pool'>,
  intakes: readonly CadFileIntake[],
  requestKey: string | null,
): Promise<Map<string, IntakeFacts>> {
  const { rows } = await pool.query<IntakeFacts & CadFileIntake>(
    `SELECT i.cad_file_id AS "cadFileId", i.workflow_id AS "workflowId", count(r.id)::int AS runs,
       coalesce(bool_or(r.status IN ('queued', 'running', 'cancelling')), false) AS "isActive",
       (array_agg(r.id) FILTER (WHERE r.idempotency_key = 'cad/' || i.cad_file_id || '/' || i.workflow_id || '/' || $3::text))[1] AS "runOfKey"
     FROM unnest($1::uuid[], $2::uuid[]) i(cad_file_id, workflow_id)
     LEFT JOIN run r ON r.cad_file_id = i.cad_file_id AND r.workflow_id = i.workflow_id AND r.order_line_id IS NULL
     GROUP BY 1, 2`,
    [intakes.map(({ cadFileId }) => cadFileId), intakes.map(({ workflowId }) => workflowId), requestKey],
  );
  return new Map(rows.map((row) => [nameOf(row), row]));
}
