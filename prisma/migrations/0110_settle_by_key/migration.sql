-- As in 0002_run_engine, but for how the end of a run looks for nodes that did not succeed: an EXISTS may be planned as a hash
-- over the whole table, so that every run's last step cost more with every run ever made. A LIMIT leaves only the look-up by key.
CREATE OR REPLACE FUNCTION hm_settle(p_runs hm_run_state[], p_started uuid[], p_closed uuid[], p_events hm_event[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_told int;
BEGIN
  WITH news AS MATERIALIZED (
    SELECT run_id, sum(is_event)::int AS events, sum(is_closed)::int AS closed
    FROM (SELECT run_id, 1 AS is_event, 0 AS is_closed FROM unnest(p_events) UNION ALL SELECT run_id, 0, 1 FROM unnest(p_closed) AS run_id) x GROUP BY run_id),
  moves AS MATERIALIZED (
    SELECT n.*, r.place, p.status AS before, r.last_seq AS base, r.failure, r.status = 'queued' AND r.id = ANY(p_started) AS starts,
      CASE WHEN n.closed > 0 AND r.open_nodes = n.closed THEN (CASE
        WHEN r.status = 'cancelling' THEN 'cancelled'
        WHEN r.failure IS NOT NULL THEN 'failed'
        WHEN (SELECT true FROM "node_run" x WHERE x.run_id = r.id AND x.status IN ('failed', 'skipped', 'cancelled') LIMIT 1) THEN 'partial'
        ELSE 'succeeded' END)::"RunStatus" END AS final
    FROM news n CROSS JOIN LATERAL (SELECT ctid AS place, * FROM "run" WHERE id = n.run_id OFFSET 0) r JOIN unnest(p_runs) p ON p.id = n.run_id),
  written AS (
    INSERT INTO "run_event" (run_id, seq, type, node_id, data)
      SELECT run_id, base + 1, 'run.started', NULL, '{}' FROM moves WHERE starts
      UNION ALL
      SELECT e.run_id, m.base + m.starts::int + row_number() OVER (PARTITION BY e.run_id ORDER BY e.ord), e.type, e.node_id, e.data
        FROM unnest(p_events) WITH ORDINALITY AS e(run_id, type, node_id, data, ord) JOIN moves m ON m.run_id = e.run_id
      UNION ALL
      SELECT run_id, base + starts::int + events + 1, 'run.finished', NULL, jsonb_build_object('status', final, 'failure', failure) FROM moves WHERE final IS NOT NULL),
  moved AS (
    UPDATE "run" r SET
        last_seq = m.base + m.starts::int + m.events + (m.final IS NOT NULL)::int,
        open_nodes = r.open_nodes - m.closed,
        status = coalesce(m.final, CASE WHEN m.starts THEN 'running' ELSE r.status END),
        started_at = CASE WHEN m.starts THEN coalesce(r.started_at, now()) ELSE r.started_at END,
        finished_at = CASE WHEN m.final IS NOT NULL THEN now() ELSE r.finished_at END
      FROM moves m WHERE r.ctid = m.place
      RETURNING r.id, r.last_seq, r.status, m.before)
  -- Wakes the subscribers: run, newest sequence number, and its status where that changed.
  SELECT count(pg_notify('hartomat_run', id || ' ' || last_seq || ' ' || CASE WHEN status <> before THEN status::text ELSE '-' END)::text) INTO v_told FROM moved;
END $$;
