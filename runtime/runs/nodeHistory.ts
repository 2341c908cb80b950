import type pg from 'pg';
import type { TimeRange } from '../../workflow/estimate.js';
import { rangeOf } from '../../workflow/estimate.js';

interface Sample {
  planHash: string;
  isOfWorkflow: boolean;
  nodeId: string;
  moduleKey: string;
  /** A step of the legacy pipeline, by its name in place of the node's id. */
  isStep: boolean;
  ms: number;
}

/** How many runs are looked back on: of the workflow itself, and of all. */
const OWN_RUNS = 50;
const ALL_RUNS = 200;

/** How long nodes took in the latest runs, by what is most like what is asked about: the same node with the same params, the same node of the
 * workflow, the same module anywhere. What came from the result cache does not count. */
export class NodeHistory {
  private readonly samples = new Map<string | null, Promise<Sample[]>>();

  constructor(private readonly pool: pg.Pool) {}

  /** @returns for each node; null: nothing like it ran lately. */
  async ranges(
    workflowId: string | null,
    planHash: string,
    nodes: readonly { id: string; moduleKey: string }[],
  ): Promise<(TimeRange | null)[]> {
    return this.closest(workflowId, planHash, nodes, false);
  }

  /** The same of steps of the legacy pipeline; what they took in runs by graph is something else where the work is shared out there. */
  async stepRanges(
    planHash: string,
    steps: readonly { id: string; moduleKey: string }[],
  ): Promise<(TimeRange | null)[]> {
    return this.closest(null, planHash, steps, true);
  }

  private async closest(
    workflowId: string | null,
    planHash: string,
    nodes: readonly { id: string; moduleKey: string }[],
    areSteps: boolean,
  ) {
    const samples = this.samples.get(workflowId) ?? this.read(workflowId);
    this.samples.set(workflowId, samples);
    const all = (await samples).filter(({ isStep }) => isStep === areSteps);
    return nodes.map(({ id, moduleKey }) => {
      const ofModule = all.filter((sample) => sample.moduleKey === moduleKey);
      const ofNode = ofModule.filter(({ nodeId, isOfWorkflow }) => isOfWorkflow && nodeId === id);
      const same = ofNode.filter((sample) => sample.planHash === planHash);
      const closest = [same, ofNode, ofModule].find(({ length }) => length > 0);
      return closest ? rangeOf(closest.map(({ ms }) => ms)) : null;
    });
  }

  private async read(workflowId: string | null): Promise<Sample[]> {
    const { rows } = await this.pool.query<Sample>({
      name: 'node_history',
      text: `WITH recent AS (
               (SELECT id, plan_hash, workflow_id FROM run WHERE workflow_id = $1 ORDER BY created_at DESC LIMIT ${OWN_RUNS})
               UNION (SELECT id, plan_hash, workflow_id FROM run ORDER BY created_at DESC LIMIT ${ALL_RUNS}))
             SELECT r.plan_hash AS "planHash", r.workflow_id IS NOT DISTINCT FROM $1 AS "isOfWorkflow", n.node_id AS "nodeId",
               n.module_key AS "moduleKey", false AS "isStep", (extract(epoch FROM n.finished_at - n.started_at) * 1000)::float8 AS ms
             FROM recent r JOIN node_run n ON n.run_id = r.id
             WHERE n.status = 'succeeded' AND NOT n.is_cached AND n.started_at IS NOT NULL AND n.finished_at IS NOT NULL
             UNION ALL
             SELECT r.plan_hash, r.workflow_id IS NOT DISTINCT FROM $1, s->>'step', s->>'moduleKey', true, (s->>'durationMs')::float8
             FROM recent r JOIN node_run n ON n.run_id = r.id CROSS JOIN LATERAL jsonb_array_elements(n.outputs->'steps'->'data') s
             WHERE n.status = 'succeeded' AND n.module_key = 'legacy.pipeline' AND s->>'isKept' = 'false'`,
      values: [workflowId],
    });
    return rows;
  }
}
