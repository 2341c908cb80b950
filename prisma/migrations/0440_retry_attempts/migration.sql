-- As in 0002_run_engine, but a node that is run again by hand gets as many attempts as its policy says, every time: they were counted on
-- from the sum of all before, so that each retry allowed twice as many as the last one.
CREATE OR REPLACE FUNCTION hm_retry(p_run uuid, p_by text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_runs hm_run_state[] := hm_lock_runs(ARRAY[p_run]);
  v_open int;
BEGIN
  IF cardinality(v_runs) = 0 THEN RETURN NULL; END IF;
  IF v_runs[1].status NOT IN ('failed', 'partial', 'cancelled') THEN RETURN json_build_object('before', v_runs[1].status); END IF;
  WITH again AS (
    SELECT n.run_id, n.idx, coalesce((p.plan->'nodes'->n.idx->'retry'->>'attempts')::int, 1) AS attempts,
      (SELECT count(*) FROM "node_run" b WHERE b.run_id = n.run_id AND b.idx = ANY(n.predecessors) AND b.status <> 'succeeded') AS pending
    FROM "node_run" n JOIN "run" r ON r.id = n.run_id JOIN "run_plan" p ON p.hash = r.plan_hash
    WHERE n.run_id = p_run AND n.status IN ('failed', 'skipped', 'cancelled')),
  u AS (
    UPDATE "node_run" n SET status = CASE WHEN a.pending = 0 THEN 'ready'::"NodeRunStatus" ELSE 'waiting' END, pending = a.pending, max_attempts = n.attempt + a.attempts,
        failure = NULL, progress = 0, message = NULL, not_before = NULL, started_at = NULL, finished_at = NULL, ready_at = CASE WHEN a.pending = 0 THEN now() END, enqueued_at = NULL
      FROM again a WHERE n.run_id = a.run_id AND n.idx = a.idx RETURNING 1)
  SELECT count(*) INTO v_open FROM u;
  UPDATE "run" SET status = 'queued', failure = NULL, finished_at = NULL, open_nodes = v_open WHERE id = p_run;
  PERFORM hm_settle(ARRAY[ROW(p_run, v_runs[1].status, v_runs[1].last_seq, v_open, false)::hm_run_state], '{}', '{}',
    ARRAY[ROW(p_run, 'run.retried', NULL, jsonb_build_object('by', p_by, 'nodes', v_open))::hm_event]);
  RETURN json_build_object('before', v_runs[1].status, 'ready', (SELECT json_agg(json_build_object('runId', run_id, 'idx', idx, 'capability', capability, 'step', step, 'attempt', attempt))
    FROM "node_run" WHERE run_id = p_run AND status = 'ready'));
END $$;
