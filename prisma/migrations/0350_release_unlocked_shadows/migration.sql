-- As in 0170_legacy_runs, and a shadow run whose row somebody else holds keeps the others from nothing: it is left for the next time.
CREATE OR REPLACE FUNCTION hm_release_shadows() RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_id uuid;
  v_released uuid[];
  v_ready json;
BEGIN
  FOR v_id IN SELECT s.id FROM "run" s JOIN "run" l ON l.id = s.shadow_of_id
    WHERE s.mode = 'shadow' AND s.status = 'queued' AND l.status IN ('failed', 'cancelled') ORDER BY s.id LIMIT 100 FOR NO KEY UPDATE OF s SKIP LOCKED LOOP
    PERFORM hm_cancel(v_id, 'HartOMat');
  END LOOP;
  SELECT array_agg(id) INTO v_released FROM (
    SELECT s.id FROM "run" s JOIN "run" l ON l.id = s.shadow_of_id
    WHERE s.mode = 'shadow' AND s.status = 'queued' AND l.status IN ('succeeded', 'partial')
      AND (l.finished_at < now() - interval '1 hour' OR NOT EXISTS (
        SELECT FROM "run" d JOIN "node_run" n ON n.run_id = d.id WHERE d.status IN ('queued', 'running') AND d.mode <> 'shadow' AND n.status = 'ready'))
      AND EXISTS (SELECT FROM "node_run" n WHERE n.run_id = s.id AND n.status = 'waiting' AND cardinality(n.predecessors) = 0)
    ORDER BY l.finished_at LIMIT 20 FOR NO KEY UPDATE OF s SKIP LOCKED) due;
  IF v_released IS NULL THEN RETURN NULL; END IF;
  WITH u AS (
      UPDATE "node_run" n SET status = 'ready', pending = 0, ready_at = now() FROM "run" r
      WHERE r.id = n.run_id AND r.status = 'queued' AND n.run_id = ANY(v_released) AND n.status = 'waiting' AND cardinality(n.predecessors) = 0
      RETURNING n.run_id, n.idx, n.capability, n.step, n.attempt)
    SELECT json_agg(json_build_object('runId', run_id, 'idx', idx, 'capability', capability, 'step', step, 'attempt', attempt, 'isShadow', true)) INTO v_ready FROM u;
  RETURN v_ready;
END $$;
