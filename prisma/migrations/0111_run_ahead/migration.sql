-- As in 0002_run_engine, and it records nodes that a worker ran ahead of their claim (worker/runAhead.ts).

-- The engine's one step: records finished attempts and progress, unblocks successors, claims nodes for a worker.
--   p_finish:   [{runId, idx, token, ahead, outcome, outputs, isCached, cacheKey, failure, retryInMs, artifacts, asset, notification, events}]
--               outcome: succeeded | failed | cancelled | retry (another attempt after retryInMs) | released (given back, does not count)
--               ahead: the plan position of the claimed node whose token this is, where the node ran before it was claimed itself: all it
--               depends on succeeded in this very list. It is accepted with that node, while it waits.
--   p_progress: [{runId, idx, token, progress, message, events}]
--   p_claim:    [{runId, idx}] to attempt now, refused where another has it
--   p_slots:    {capability: n} how many nodes that become ready here the worker takes at once
-- A finish or progress whose token is not the node's current one is refused: nothing of it is written.
--   p_runs:     the runs named in any of these
-- Returns {claimed: [...], ready: [...], refused: [token]}.
CREATE OR REPLACE FUNCTION hm_advance(p_worker uuid, p_runs uuid[], p_finish jsonb, p_progress jsonb, p_claim jsonb, p_slots jsonb) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_runs hm_run_state[];
  v_done hm_done[];
  v_final hm_done[];
  v_ready hm_node[];
  v_claimed hm_node[] := '{}';
  v_events hm_event[] := '{}';
  v_closed uuid[];
  v_more hm_node[];
  v_names text[];
  v_failed hm_done;
BEGIN
  v_runs := hm_lock_runs(p_runs);

  IF p_progress <> '[]' THEN
    WITH p AS (SELECT * FROM jsonb_to_recordset(p_progress) AS p("runId" uuid, idx int, token uuid, progress float8, message text, events jsonb)),
    u AS (UPDATE "node_run" n SET progress = coalesce(p.progress, n.progress), message = coalesce(p.message, n.message) FROM p
      WHERE n.run_id = p."runId" AND n.idx = p.idx AND n.token = p.token AND n.status = 'running' RETURNING n.run_id, n.node_id, p.events)
    SELECT coalesce(array_agg(ROW(u.run_id, e->>'type', u.node_id, e->'data')::hm_event), '{}') INTO v_events FROM u, jsonb_array_elements(u.events) e;
  END IF;

  IF p_finish <> '[]' THEN
    WITH f AS (
      SELECT f.*, CASE
          WHEN f.outcome = 'retry' AND r.status = 'cancelling' THEN 'cancelled'
          WHEN f.outcome = 'retry' AND r.has_failed THEN 'failed'
          WHEN f.outcome = 'released' AND (r.status = 'cancelling' OR r.has_failed) THEN 'cancelled'
          WHEN f.outcome IN ('retry', 'released') THEN 'ready'
          ELSE f.outcome END::"NodeRunStatus" AS status
      FROM ROWS FROM (jsonb_to_recordset(p_finish) AS ("runId" uuid, idx int, token uuid, ahead int, outcome text, outputs jsonb, "isCached" boolean, "cacheKey" text, failure jsonb, "retryInMs" int))
           WITH ORDINALITY AS f("runId", idx, token, ahead, outcome, outputs, "isCached", "cacheKey", failure, "retryInMs", ord)
      JOIN unnest(v_runs) r ON r.id = f."runId"),
    held AS MATERIALIZED (
      SELECT f.*, n.place FROM f
      CROSS JOIN LATERAL (SELECT ctid AS place FROM "node_run" WHERE run_id = f."runId" AND idx = f.idx AND CASE WHEN f.ahead IS NULL THEN token = f.token AND status = 'running'
        ELSE status = 'waiting' AND (SELECT true FROM "node_run" c WHERE c.run_id = f."runId" AND c.idx = f.ahead AND c.token = f.token AND c.status = 'running' LIMIT 1) END OFFSET 0) n),
    u AS (
      UPDATE "node_run" n SET
          status = f.status, token = NULL, outputs = f.outputs, is_cached = coalesce(f."isCached", false), cache_key = f."cacheKey", failure = f.failure,
          progress = CASE WHEN f.status = 'succeeded' THEN 1 WHEN f.status = 'ready' THEN 0 ELSE n.progress END,
          message = CASE WHEN f.status IN ('succeeded', 'ready') THEN NULL ELSE n.message END,
          max_attempts = n.max_attempts + CASE WHEN f.outcome = 'released' THEN 1 ELSE 0 END,
          not_before = CASE WHEN f.outcome = 'retry' THEN now() + make_interval(secs => f."retryInMs" / 1000.0) END,
          ready_at = CASE WHEN f.status = 'ready' OR f.ahead IS NOT NULL THEN now() ELSE n.ready_at END,
          pending = CASE WHEN f.ahead IS NULL THEN n.pending ELSE 0 END,
          attempt = n.attempt + (f.ahead IS NOT NULL)::int,
          worker_id = CASE WHEN f.ahead IS NULL THEN n.worker_id ELSE p_worker END,
          started_at = CASE WHEN f.ahead IS NULL THEN n.started_at ELSE now() END,
          finished_at = CASE WHEN f.status = 'ready' THEN NULL ELSE now() END
        FROM held f WHERE n.ctid = f.place
        RETURNING f.ord, f.ahead, n.run_id, n.idx, n.node_id, n.status, n.on_failure, n.successors, n.failure, n.attempt)
    SELECT coalesce(array_agg(done), '{}'), coalesce(array_agg(done) FILTER (WHERE status <> 'ready'), '{}'), coalesce(array_agg(run_id) FILTER (WHERE status <> 'ready'), '{}'),
        v_events || (SELECT coalesce(array_agg(ROW(u.run_id, e->>'type', u.node_id, e->'data')::hm_event ORDER BY u.ord, o), '{}')
          FROM u CROSS JOIN LATERAL (
            SELECT jsonb_build_object('type', 'node.started', 'data', jsonb_build_object('attempt', u.attempt, 'workerId', p_worker)) AS e, 0 AS o WHERE u.ahead IS NOT NULL
            UNION ALL SELECT * FROM jsonb_array_elements(p_finish->(u.ord - 1)::int->'events') WITH ORDINALITY) ev)
      INTO v_done, v_final, v_closed, v_events
      FROM (SELECT run_id, status, ROW(ord, run_id, idx, node_id, status, on_failure, successors, failure)::hm_done AS done FROM u) d;

    -- What came with the accepted ones: files, results, deliveries.
    IF p_finish @? '$[*].artifacts[0]' THEN
      INSERT INTO "artifact" (id, role, media_type, sha256, byte_size, file_name, metadata, run_id, node_id)
        SELECT a.id, a.role, a."mediaType", a.sha256, a."byteSize", a."fileName", a.metadata, d.run_id, d.node_id
        FROM unnest(v_done) d
        CROSS JOIN LATERAL jsonb_to_recordset(p_finish->(d.ord - 1)::int->'artifacts') AS a(id uuid, role text, "mediaType" text, sha256 text, "byteSize" bigint, "fileName" text, metadata jsonb)
        WHERE d.status = 'succeeded'
        ON CONFLICT (id) DO NOTHING;
    END IF;
    IF p_finish @? '$[*] ? (@.cacheKey != null && @.isCached == false)' THEN
      INSERT INTO "result_cache" (key, module_key, outputs)
        SELECT DISTINCT ON (n.cache_key) n.cache_key, n.module_key, n.outputs
        FROM unnest(v_done) d JOIN "node_run" n ON n.run_id = d.run_id AND n.idx = d.idx
        WHERE d.status = 'succeeded' AND n.cache_key IS NOT NULL AND NOT n.is_cached ORDER BY n.cache_key
        ON CONFLICT (key) DO UPDATE SET outputs = EXCLUDED.outputs, created_at = now();
    END IF;
    IF p_finish @? '$[*] ? (@.asset != null || @.notification != null)' THEN
      INSERT INTO "asset" (id, run_id, node_id, artifact_id, name, kind, product_id, order_line_id)
        SELECT gen_random_uuid(), d.run_id, d.node_id, (a->>'artifactId')::uuid, a->>'name', a->>'kind', l.product_id, r.order_line_id
        FROM unnest(v_done) d CROSS JOIN LATERAL (SELECT p_finish->(d.ord - 1)::int->'asset' AS a) x
        JOIN "run" r ON r.id = d.run_id LEFT JOIN "order_line" l ON l.id = r.order_line_id
        WHERE d.status = 'succeeded' AND a <> 'null'
        ON CONFLICT (run_id, node_id) DO NOTHING;
      INSERT INTO "notification" (id, run_id, node_id, title, body)
        SELECT gen_random_uuid(), d.run_id, d.node_id, m->>'title', m->>'body'
        FROM unnest(v_done) d CROSS JOIN LATERAL (SELECT p_finish->(d.ord - 1)::int->'notification' AS m) x
        WHERE d.status = 'succeeded' AND m <> 'null'
        ON CONFLICT (run_id, node_id) DO NOTHING;
    ELSIF NOT p_finish @? '$[*] ? (@.outcome == "failed")' THEN
      -- Losing the last moments in a power cut only runs a node again; deliveries and failures wait for the disk.
      PERFORM set_config('synchronous_commit', 'off', true);
    END IF;

    -- Failed nodes: the run halts, or (onFailure = continue) only what depends on the node is skipped.
    FOREACH v_failed IN ARRAY v_final LOOP
      CONTINUE WHEN v_failed.status <> 'failed';
      IF v_failed.on_failure = 'continue' THEN
        WITH RECURSIVE down(idx) AS (
          SELECT unnest(v_failed.successors) UNION SELECT unnest(n.successors) FROM down JOIN "node_run" n ON n.run_id = v_failed.run_id AND n.idx = down.idx),
        s AS (UPDATE "node_run" n SET status = 'skipped', finished_at = now() FROM down WHERE n.run_id = v_failed.run_id AND n.idx = down.idx AND n.status = 'waiting' RETURNING n.run_id, n.idx, n.node_id)
        SELECT array_agg(ROW(run_id, idx)::hm_node), array_agg(node_id ORDER BY idx) INTO v_more, v_names FROM s;
      ELSE
        UPDATE "run" SET failure = coalesce(failure, jsonb_build_object('code', v_failed.failure->>'code', 'message', v_failed.failure->>'message', 'nodeId', v_failed.node_id)) WHERE id = v_failed.run_id;
        WITH s AS (UPDATE "node_run" n SET status = 'skipped', finished_at = now() WHERE n.run_id = v_failed.run_id AND n.status IN ('waiting', 'ready') RETURNING n.run_id, n.idx, n.node_id)
        SELECT array_agg(ROW(run_id, idx)::hm_node), array_agg(node_id ORDER BY idx) INTO v_more, v_names FROM s;
      END IF;
      v_closed := v_closed || ARRAY(SELECT run_id FROM unnest(v_more));
      v_events := v_events || ARRAY(SELECT ROW(v_failed.run_id, 'node.finished', name, jsonb_build_object('status', 'skipped', 'becauseOf', v_failed.node_id))::hm_event FROM unnest(v_names) name);
    END LOOP;

    -- Successors whose last predecessor this was; the first of each capability are taken at once.
    WITH met AS (SELECT f.run_id, i AS idx, count(*)::int AS n FROM unnest(v_final) f, unnest(f.successors) i WHERE f.status = 'succeeded' GROUP BY 1, 2),
    unblocked AS MATERIALIZED (
      SELECT m.*, n.place, n.capability, n.pending = m.n AS is_ready, row_number() OVER (PARTITION BY n.capability, n.pending = m.n) AS rank
      FROM met m CROSS JOIN LATERAL (SELECT ctid AS place, capability, pending FROM "node_run" WHERE run_id = m.run_id AND idx = m.idx AND status = 'waiting' OFFSET 0) n),
    u AS (
      UPDATE "node_run" n SET
          pending = n.pending - x.n,
          status = CASE WHEN x.is_claimed THEN 'running' WHEN x.is_ready THEN 'ready' ELSE n.status END,
          ready_at = CASE WHEN x.is_ready THEN now() ELSE n.ready_at END,
          token = CASE WHEN x.is_claimed THEN gen_random_uuid() END,
          worker_id = CASE WHEN x.is_claimed THEN p_worker END,
          attempt = n.attempt + x.is_claimed::int,
          started_at = CASE WHEN x.is_claimed THEN now() END
        FROM (SELECT *, is_ready AND rank <= coalesce((p_slots->>capability)::int, 0) AS is_claimed FROM unblocked) x
        WHERE n.ctid = x.place
        RETURNING n.run_id, n.idx, n.node_id, n.attempt, x.is_ready, x.is_claimed)
    SELECT coalesce(array_agg(ROW(run_id, idx)::hm_node) FILTER (WHERE is_claimed), '{}'), array_agg(ROW(run_id, idx)::hm_node) FILTER (WHERE is_ready AND NOT is_claimed),
        v_events || coalesce(array_agg(ROW(run_id, 'node.started', node_id, jsonb_build_object('attempt', attempt, 'workerId', p_worker))::hm_event) FILTER (WHERE is_claimed), '{}')
      INTO v_claimed, v_ready, v_events FROM u;
  ELSE
    PERFORM set_config('synchronous_commit', 'off', true);
  END IF;

  IF p_claim <> '[]' THEN
    WITH c AS (SELECT DISTINCT * FROM jsonb_to_recordset(p_claim) AS c("runId" uuid, idx int)),
    free AS MATERIALIZED (
      SELECT n.place FROM c CROSS JOIN LATERAL (SELECT ctid AS place FROM "node_run"
        WHERE run_id = c."runId" AND idx = c.idx AND status = 'ready' AND (not_before IS NULL OR not_before <= now() + interval '100 ms') OFFSET 0) n),
    u AS (UPDATE "node_run" n SET status = 'running', token = gen_random_uuid(), worker_id = p_worker, attempt = n.attempt + 1, started_at = now(), not_before = NULL, failure = NULL
      FROM free WHERE n.ctid = free.place
      RETURNING n.run_id, n.idx, n.node_id, n.attempt)
    SELECT v_claimed || coalesce(array_agg(ROW(run_id, idx)::hm_node), '{}'),
        v_events || coalesce(array_agg(ROW(run_id, 'node.started', node_id, jsonb_build_object('attempt', attempt, 'workerId', p_worker))::hm_event), '{}')
      INTO v_claimed, v_events FROM u;
  END IF;

  PERFORM hm_settle(v_runs, ARRAY(SELECT DISTINCT run_id FROM unnest(v_claimed)), coalesce(v_closed, '{}'), v_events);

  RETURN json_build_object(
    'claimed', (SELECT json_agg(json_build_object(
        'runId', n.run_id, 'idx', n.idx, 'nodeId', n.node_id, 'capability', n.capability, 'step', n.step, 'token', n.token, 'attempt', n.attempt, 'maxAttempts', n.max_attempts, 'backoffMs', n.backoff_ms,
        'planHash', r.plan_hash, 'entry', CASE WHEN n.uses_entry THEN r.entry END,
        'deps', CASE WHEN cardinality(n.predecessors) > 0 THEN (SELECT json_object_agg(p.idx, p.outputs) FROM "node_run" p WHERE p.run_id = n.run_id AND p.idx = ANY(n.predecessors)) END))
      FROM unnest(v_claimed) c
      CROSS JOIN LATERAL (SELECT * FROM "node_run" WHERE run_id = c.run_id AND idx = c.idx OFFSET 0) n
      CROSS JOIN LATERAL (SELECT plan_hash, entry FROM "run" WHERE id = c.run_id OFFSET 0) r),
    'ready', (SELECT json_agg(json_build_object('runId', n.run_id, 'idx', n.idx, 'capability', n.capability, 'step', n.step, 'attempt', n.attempt,
        'delayMs', greatest(0, ceil(extract(epoch FROM n.not_before - now()) * 1000))))
      FROM (SELECT run_id, idx FROM unnest(v_ready)
            UNION ALL SELECT run_id, idx FROM unnest(v_done) WHERE status = 'ready') x
      CROSS JOIN LATERAL (SELECT * FROM "node_run" WHERE run_id = x.run_id AND idx = x.idx OFFSET 0) n),
    'refused', CASE WHEN coalesce(cardinality(v_done), 0) < jsonb_array_length(p_finish) THEN (
      SELECT json_agg(x->>'token') FROM jsonb_array_elements(p_finish) WITH ORDINALITY f(x, ord)
      WHERE ord NOT IN (SELECT a.ord FROM unnest(v_done) a)) END);
END $$;

-- Replacing a function forgets these; 0002_run_engine says why they are.
ALTER FUNCTION hm_advance(uuid, uuid[], jsonb, jsonb, jsonb, jsonb) SET enable_seqscan = off;
ALTER FUNCTION hm_advance(uuid, uuid[], jsonb, jsonb, jsonb, jsonb) SET enable_hashjoin = off;
ALTER FUNCTION hm_advance(uuid, uuid[], jsonb, jsonb, jsonb, jsonb) SET enable_mergejoin = off;
ALTER FUNCTION hm_advance(uuid, uuid[], jsonb, jsonb, jsonb, jsonb) SET jit = off;
ALTER FUNCTION hm_advance(uuid, uuid[], jsonb, jsonb, jsonb, jsonb) SET plan_cache_mode = force_generic_plan;
