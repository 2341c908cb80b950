-- The run engine: every change of a run's or node run's status is made by one of these functions, each one round trip and
-- one transaction. They lock the runs they touch, in id order, before anything else: within a function nothing of those
-- runs moves. The allowed transitions are listed in runtime/engine/transitions.ts and tested against this file.

-- Rows are rewritten a few times in their life: leave room on the page, so that no index is touched (HOT updates).
ALTER TABLE "node_run" SET (fillfactor = 50);
ALTER TABLE "run" SET (fillfactor = 70);

CREATE TYPE hm_run_state AS (id uuid, status "RunStatus", last_seq int, open_nodes int, has_failed boolean);
CREATE TYPE hm_event AS (run_id uuid, type text, node_id text, data jsonb);
CREATE TYPE hm_done AS (ord bigint, run_id uuid, idx int, node_id text, status "NodeRunStatus", on_failure text, successors int[], failure jsonb);
CREATE TYPE hm_node AS (run_id uuid, idx int);

-- Locks the runs and returns how they stand.
CREATE FUNCTION hm_lock_runs(p_ids uuid[]) RETURNS hm_run_state[] LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT coalesce(array_agg(ROW(id, status, last_seq, open_nodes, failure IS NOT NULL)::hm_run_state), '{}')
    FROM (SELECT * FROM "run" WHERE id = ANY(p_ids) ORDER BY id FOR NO KEY UPDATE) locked);
END $$;

-- Writes events under the next sequence numbers, closes `p_closed` (one entry a node that became final) and brings the
-- runs' status up to date. The only place that writes run.status after dispatch.
CREATE FUNCTION hm_settle(p_runs hm_run_state[], p_started uuid[], p_closed uuid[], p_events hm_event[]) RETURNS void LANGUAGE plpgsql AS $$
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
        WHEN EXISTS (SELECT 1 FROM "node_run" x WHERE x.run_id = r.id AND x.status IN ('failed', 'skipped', 'cancelled')) THEN 'partial'
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

-- Creates runs with all their node runs and first event. `p_plans`: [{hash, graph, plan}] not stored yet; `p_runs`: one object a run.
-- Returns [{id, created, requestHash, ready: [{runId, idx, capability, step, attempt}]}] in no particular order; a run whose
-- idempotency key is taken comes back as the run that has it, created = false.
CREATE FUNCTION hm_dispatch(p_plans jsonb, p_runs jsonb) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_created uuid[];
BEGIN
  INSERT INTO "run_plan" (hash, graph, plan)
    SELECT hash, graph, plan FROM jsonb_to_recordset(p_plans) AS p(hash text, graph jsonb, plan jsonb) ORDER BY hash
    ON CONFLICT DO NOTHING;

  WITH inserted AS (
    INSERT INTO "run" (id, family, plan_hash, workflow_id, workflow_version_id, cad_file_id, order_line_id, entry, param_origins, idempotency_key, request_hash, open_nodes, last_seq)
      SELECT r.id, r.family::"Family", r."planHash", r."workflowId", r."workflowVersionId", r."cadFileId", r."orderLineId", r.entry, coalesce(r."paramOrigins", '{}'),
             r."idempotencyKey", r."requestHash", r."nodeCount", 1
      FROM jsonb_to_recordset(p_runs) AS r(id uuid, family text, "planHash" text, "workflowId" uuid, "workflowVersionId" uuid, "cadFileId" uuid, "orderLineId" uuid,
             entry jsonb, "paramOrigins" jsonb, "idempotencyKey" text, "requestHash" text, "nodeCount" int)
      ON CONFLICT (idempotency_key) DO NOTHING
      RETURNING id, plan_hash),
  events AS (
    INSERT INTO "run_event" (run_id, seq, type, data) SELECT id, 1, 'run.queued', '{}' FROM inserted),
  nodes AS (
    INSERT INTO "node_run" (run_id, idx, node_id, step, module_key, capability, status, pending, predecessors, successors, uses_entry, on_failure, max_attempts, backoff_ms, ready_at)
      SELECT i.id, n.idx, n.id, n.step, n."moduleKey", n.capability, CASE WHEN cardinality(n.predecessors) = 0 THEN 'ready'::"NodeRunStatus" ELSE 'waiting' END,
             cardinality(n.predecessors), n.predecessors, n.successors, n.bindings @? '$.*[*] ? (@.from == "entry")', n."onFailure",
             (n.retry->>'attempts')::int, (n.retry->>'backoffMs')::int, CASE WHEN cardinality(n.predecessors) = 0 THEN now() END
      FROM inserted i JOIN "run_plan" p ON p.hash = i.plan_hash
      CROSS JOIN LATERAL jsonb_to_recordset(p.plan->'nodes') AS n(idx int, id text, step text, "moduleKey" text, capability text, predecessors int[], successors int[], bindings jsonb, "onFailure" text, retry jsonb))
  SELECT array_agg(id) INTO v_created FROM inserted;

  PERFORM pg_notify('hartomat_run', id || ' 1 queued') FROM unnest(v_created) AS id;

  RETURN (SELECT json_agg(json_build_object(
      'id', r.id, 'asked', a.id, 'created', r.id = a.id, 'requestHash', r.request_hash,
      'ready', CASE WHEN r.id = a.id THEN (SELECT json_agg(json_build_object('runId', n.run_id, 'idx', n.idx, 'capability', n.capability, 'step', n.step, 'attempt', n.attempt))
                 FROM "node_run" n WHERE n.run_id = r.id AND n.status = 'ready') END))
    FROM jsonb_to_recordset(p_runs) AS a(id uuid, "idempotencyKey" text)
    JOIN "run" r ON r.id = a.id OR r.idempotency_key = a."idempotencyKey");
END $$;

-- The engine's one step: records finished attempts and progress, unblocks successors, claims nodes for a worker.
--   p_finish:   [{runId, idx, token, outcome, outputs, isCached, cacheKey, failure, retryInMs, artifacts, asset, notification, events}]
--               outcome: succeeded | failed | cancelled | retry (another attempt after retryInMs) | released (given back, does not count)
--   p_progress: [{runId, idx, token, progress, message, events}]
--   p_claim:    [{runId, idx}] to attempt now, refused where another has it
--   p_slots:    {capability: n} how many nodes that become ready here the worker takes at once
-- A finish or progress whose token is not the node's current one is refused: nothing of it is written.
--   p_runs:     the runs named in any of these
-- Returns {claimed: [...], ready: [...], refused: [token]}.
CREATE FUNCTION hm_advance(p_worker uuid, p_runs uuid[], p_finish jsonb, p_progress jsonb, p_claim jsonb, p_slots jsonb) RETURNS json LANGUAGE plpgsql AS $$
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
      FROM ROWS FROM (jsonb_to_recordset(p_finish) AS ("runId" uuid, idx int, token uuid, outcome text, outputs jsonb, "isCached" boolean, "cacheKey" text, failure jsonb, "retryInMs" int))
           WITH ORDINALITY AS f("runId", idx, token, outcome, outputs, "isCached", "cacheKey", failure, "retryInMs", ord)
      JOIN unnest(v_runs) r ON r.id = f."runId"),
    held AS MATERIALIZED (
      SELECT f.*, n.place FROM f
      CROSS JOIN LATERAL (SELECT ctid AS place FROM "node_run" WHERE run_id = f."runId" AND idx = f.idx AND token = f.token AND status = 'running' OFFSET 0) n),
    u AS (
      UPDATE "node_run" n SET
          status = f.status, token = NULL, outputs = f.outputs, is_cached = coalesce(f."isCached", false), cache_key = f."cacheKey", failure = f.failure,
          progress = CASE WHEN f.status = 'succeeded' THEN 1 WHEN f.status = 'ready' THEN 0 ELSE n.progress END,
          message = CASE WHEN f.status IN ('succeeded', 'ready') THEN NULL ELSE n.message END,
          max_attempts = n.max_attempts + CASE WHEN f.outcome = 'released' THEN 1 ELSE 0 END,
          not_before = CASE WHEN f.outcome = 'retry' THEN now() + make_interval(secs => f."retryInMs" / 1000.0) END,
          ready_at = CASE WHEN f.status = 'ready' THEN now() ELSE n.ready_at END,
          finished_at = CASE WHEN f.status = 'ready' THEN NULL ELSE now() END
        FROM held f WHERE n.ctid = f.place
        RETURNING f.ord, n.run_id, n.idx, n.node_id, n.status, n.on_failure, n.successors, n.failure)
    SELECT coalesce(array_agg(done), '{}'), coalesce(array_agg(done) FILTER (WHERE status <> 'ready'), '{}'), coalesce(array_agg(run_id) FILTER (WHERE status <> 'ready'), '{}'),
        v_events || (SELECT coalesce(array_agg(ROW(u.run_id, e->>'type', u.node_id, e->'data')::hm_event ORDER BY u.ord, o), '{}')
          FROM u CROSS JOIN LATERAL jsonb_array_elements(p_finish->(u.ord - 1)::int->'events') WITH ORDINALITY ev(e, o))
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
      SELECT m.*, n.place, n.capability, n.pending = m.n AND n.status = 'waiting' AS is_ready,
        row_number() OVER (PARTITION BY n.capability, n.pending = m.n AND n.status = 'waiting') AS rank
      FROM met m CROSS JOIN LATERAL (SELECT ctid AS place, capability, pending, status FROM "node_run" WHERE run_id = m.run_id AND idx = m.idx OFFSET 0) n),
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

-- Stops a run: what has not begun is cancelled now, what runs is told to stop and reports back itself.
-- Returns the run's status before, or null for an unknown run.
CREATE FUNCTION hm_cancel(p_run uuid, p_by text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_runs hm_run_state[] := hm_lock_runs(ARRAY[p_run]);
  v_events hm_event[];
BEGIN
  IF cardinality(v_runs) = 0 THEN RETURN NULL; END IF;
  IF v_runs[1].status NOT IN ('queued', 'running') THEN RETURN v_runs[1].status; END IF;
  UPDATE "run" SET status = 'cancelling' WHERE id = p_run;
  WITH s AS (UPDATE "node_run" SET status = 'cancelled', finished_at = now() WHERE run_id = p_run AND status IN ('waiting', 'ready') RETURNING idx, node_id)
  SELECT ARRAY[ROW(p_run, 'run.cancelling', NULL, jsonb_build_object('by', p_by))::hm_event]
      || coalesce(array_agg(ROW(p_run, 'node.finished', node_id, '{"status": "cancelled"}')::hm_event ORDER BY idx), '{}') INTO v_events FROM s;
  PERFORM hm_settle(ARRAY[ROW(p_run, 'cancelling', v_runs[1].last_seq, v_runs[1].open_nodes, v_runs[1].has_failed)::hm_run_state], '{}', array_fill(p_run, ARRAY[cardinality(v_events) - 1]), v_events);
  PERFORM pg_notify('hartomat_cancel', p_run::text);
  RETURN v_runs[1].status;
END $$;

-- Runs the failed, skipped and cancelled nodes of an ended run again; the rest is kept.
-- Returns {before: status, ready: [...]}, or null for an unknown run.
CREATE FUNCTION hm_retry(p_run uuid, p_by text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_runs hm_run_state[] := hm_lock_runs(ARRAY[p_run]);
  v_open int;
BEGIN
  IF cardinality(v_runs) = 0 THEN RETURN NULL; END IF;
  IF v_runs[1].status NOT IN ('failed', 'partial', 'cancelled') THEN RETURN json_build_object('before', v_runs[1].status); END IF;
  WITH again AS (
    SELECT n.run_id, n.idx, (SELECT count(*) FROM "node_run" p WHERE p.run_id = n.run_id AND p.idx = ANY(n.predecessors) AND p.status <> 'succeeded') AS pending
    FROM "node_run" n WHERE n.run_id = p_run AND n.status IN ('failed', 'skipped', 'cancelled')),
  u AS (
    UPDATE "node_run" n SET status = CASE WHEN a.pending = 0 THEN 'ready'::"NodeRunStatus" ELSE 'waiting' END, pending = a.pending, max_attempts = n.max_attempts + n.attempt,
        failure = NULL, progress = 0, message = NULL, not_before = NULL, started_at = NULL, finished_at = NULL, ready_at = CASE WHEN a.pending = 0 THEN now() END, enqueued_at = NULL
      FROM again a WHERE n.run_id = a.run_id AND n.idx = a.idx RETURNING 1)
  SELECT count(*) INTO v_open FROM u;
  UPDATE "run" SET status = 'queued', failure = NULL, finished_at = NULL, open_nodes = v_open WHERE id = p_run;
  PERFORM hm_settle(ARRAY[ROW(p_run, v_runs[1].status, v_runs[1].last_seq, v_open, false)::hm_run_state], '{}', '{}',
    ARRAY[ROW(p_run, 'run.retried', NULL, jsonb_build_object('by', p_by, 'nodes', v_open))::hm_event]);
  RETURN json_build_object('before', v_runs[1].status, 'ready', (SELECT json_agg(json_build_object('runId', run_id, 'idx', idx, 'capability', capability, 'step', step, 'attempt', attempt))
    FROM "node_run" WHERE run_id = p_run AND status = 'ready'));
END $$;

-- Every step touches few rows of big tables, and always by key. The planner cannot know: it guesses the size of the lists it is
-- given, and a plan made while the tables are small is kept. So it is left no choice: rows are looked up one by one (LATERAL with
-- OFFSET 0), changed by their place (ctid; the run's lock holds them still), and whole-table methods are off.
DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['hm_dispatch(jsonb, jsonb)', 'hm_advance(uuid, uuid[], jsonb, jsonb, jsonb, jsonb)'] LOOP
    EXECUTE 'ALTER FUNCTION ' || f || ' SET enable_seqscan = off';
    EXECUTE 'ALTER FUNCTION ' || f || ' SET enable_hashjoin = off';
    EXECUTE 'ALTER FUNCTION ' || f || ' SET enable_mergejoin = off';
    EXECUTE 'ALTER FUNCTION ' || f || ' SET jit = off';
    EXECUTE 'ALTER FUNCTION ' || f || ' SET plan_cache_mode = force_generic_plan';
  END LOOP;
END $$;
