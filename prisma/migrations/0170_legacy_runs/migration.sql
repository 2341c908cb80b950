-- AlterTable
ALTER TABLE "output_type" ADD COLUMN     "falls_back" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "rollout_change" (
    "id" UUID NOT NULL,
    "output_type_id" UUID NOT NULL,
    "by" TEXT NOT NULL,
    "before" "Rollout" NOT NULL,
    "after" "Rollout" NOT NULL,
    "shadow_rate" DOUBLE PRECISION NOT NULL,
    "falls_back" BOOLEAN NOT NULL,
    "is_forced" BOOLEAN NOT NULL DEFAULT false,
    "reason" TEXT NOT NULL DEFAULT '',
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rollout_change_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "rollout_change_output_type_id_at_idx" ON "rollout_change"("output_type_id", "at" DESC);

-- AddForeignKey
ALTER TABLE "rollout_change" ADD CONSTRAINT "rollout_change_output_type_id_fkey" FOREIGN KEY ("output_type_id") REFERENCES "output_type"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Output types with a workflow ran by graph whatever their rollout said, while there was nothing else. They go on to.
UPDATE "output_type" SET rollout = 'graph' WHERE workflow_id IS NOT NULL;

-- A legacy run makes everything in one node: only what was published belongs to the asset.
CREATE OR REPLACE FUNCTION hm_asset_entered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "asset" SET superseded_at = NEW.published_at WHERE id = NEW.supersedes_id;
  INSERT INTO "asset_file" (asset_id, position, artifact_id)
    SELECT NEW.id, row_number() OVER (ORDER BY (a.metadata->>'position')::int NULLS LAST, a.file_name, a.id), a.id
    FROM "artifact" a WHERE a.run_id = NEW.run_id AND a.node_id = NEW.node_id AND a.id <> NEW.artifact_id
      AND a.role IN ('published_asset', 'asset_derivative');
  RETURN NULL;
END $$;

-- Whatever a shadow run hands in: nothing of it reaches the catalogue or the inbox. Named to come before "asset_enter".
CREATE FUNCTION hm_withhold_shadow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM "run" WHERE id = NEW.run_id AND mode = 'shadow') THEN RETURN NULL; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "asset_0_shadow" BEFORE INSERT ON "asset" FOR EACH ROW EXECUTE FUNCTION hm_withhold_shadow();
CREATE TRIGGER "notification_0_shadow" BEFORE INSERT ON "notification" FOR EACH ROW EXECUTE FUNCTION hm_withhold_shadow();

-- Creates a legacy run, and what belongs to it, in one transaction.
--   p_run:    as for hm_dispatch, with fallbackOfId: the graph run it takes over from. Null is returned, and nothing written, where
--             that run is not failed any more or has been taken over from already.
--   p_shadow: null, or the run by graph beside it, which is held until the sweeper releases it; with `failure` ({code, message}) it
--             could not even be compiled, and is only there to say so
--   p_report: null, or {id, outputTypeId} of the parity report that waits for both
-- Returns what hm_dispatch returns for the legacy run.
CREATE FUNCTION hm_dispatch_legacy(p_plans jsonb, p_run jsonb, p_shadow jsonb, p_report jsonb) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_id uuid := (p_run->>'id')::uuid;
  v_shadow uuid := (p_shadow->>'id')::uuid;
  v_of uuid := (p_run->>'fallbackOfId')::uuid;
  v_runs hm_run_state[];
  v_result json;
BEGIN
  IF v_of IS NOT NULL THEN
    v_runs := hm_lock_runs(ARRAY[v_of]);
    IF v_runs[1].status IS DISTINCT FROM 'failed' OR EXISTS (SELECT FROM "run" WHERE fallback_of_id = v_of) THEN RETURN NULL; END IF;
  END IF;
  v_result := hm_dispatch(p_plans, jsonb_build_array(p_run))->0;
  IF NOT (v_result->>'created')::boolean THEN RETURN v_result; END IF;
  UPDATE "run" SET mode = 'legacy', fallback_of_id = v_of WHERE id = v_id;
  IF v_of IS NOT NULL THEN
    PERFORM hm_settle(hm_lock_runs(ARRAY[v_of, v_id]), '{}', '{}', ARRAY[
      ROW(v_of, 'run.fallback', NULL, jsonb_build_object('runId', v_id))::hm_event,
      ROW(v_id, 'run.fallback_of', NULL, jsonb_build_object('runId', v_of))::hm_event]);
  END IF;
  IF v_shadow IS NOT NULL THEN
    PERFORM hm_dispatch('[]', jsonb_build_array(p_shadow));
    UPDATE "run" SET mode = 'shadow', shadow_of_id = v_id WHERE id = v_shadow;
    UPDATE "node_run" SET status = 'waiting', pending = 1, ready_at = NULL WHERE run_id = v_shadow AND status = 'ready';
    IF p_shadow->'failure' <> 'null' THEN
      UPDATE "run" SET status = 'failed', failure = p_shadow->'failure', finished_at = now() WHERE id = v_shadow;
      PERFORM hm_settle(hm_lock_runs(ARRAY[v_shadow]), '{}', '{}',
        ARRAY[ROW(v_shadow, 'run.finished', NULL, jsonb_build_object('status', 'failed', 'failure', p_shadow->'failure'))::hm_event]);
    END IF;
    INSERT INTO "parity_report" (id, output_type_id, legacy_run_id, graph_run_id)
      VALUES ((p_report->>'id')::uuid, (p_report->>'outputTypeId')::uuid, v_id, v_shadow);
  END IF;
  RETURN v_result;
END $$;

-- Lets shadow runs begin whose legacy run has delivered, while nothing that will be delivered waits for a worker (after an hour
-- all the same); cancels those whose legacy run came to nothing. Returns what became ready: [{runId, idx, capability, step, attempt}] or null.
CREATE FUNCTION hm_release_shadows() RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_id uuid;
  v_released uuid[];
  v_ready json;
BEGIN
  FOR v_id IN SELECT s.id FROM "run" s JOIN "run" l ON l.id = s.shadow_of_id
    WHERE s.mode = 'shadow' AND s.status = 'queued' AND l.status IN ('failed', 'cancelled') LIMIT 100 LOOP
    PERFORM hm_cancel(v_id, 'HartOMat');
  END LOOP;
  SELECT array_agg(id) INTO v_released FROM (
    SELECT s.id FROM "run" s JOIN "run" l ON l.id = s.shadow_of_id
    WHERE s.mode = 'shadow' AND s.status = 'queued' AND l.status IN ('succeeded', 'partial')
      AND (l.finished_at < now() - interval '1 hour' OR NOT EXISTS (
        SELECT FROM "run" d JOIN "node_run" n ON n.run_id = d.id WHERE d.status IN ('queued', 'running') AND d.mode <> 'shadow' AND n.status = 'ready'))
      AND EXISTS (SELECT FROM "node_run" n WHERE n.run_id = s.id AND n.status = 'waiting' AND cardinality(n.predecessors) = 0)
    ORDER BY l.finished_at LIMIT 20) due;
  IF v_released IS NULL THEN RETURN NULL; END IF;
  PERFORM hm_lock_runs(v_released);
  WITH u AS (
      UPDATE "node_run" n SET status = 'ready', pending = 0, ready_at = now() FROM "run" r
      WHERE r.id = n.run_id AND r.status = 'queued' AND n.run_id = ANY(v_released) AND n.status = 'waiting' AND cardinality(n.predecessors) = 0
      RETURNING n.run_id, n.idx, n.capability, n.step, n.attempt)
    SELECT json_agg(json_build_object('runId', run_id, 'idx', idx, 'capability', capability, 'step', step, 'attempt', attempt, 'isShadow', true)) INTO v_ready FROM u;
  RETURN v_ready;
END $$;

-- Notes that the legacy pipeline could not take over from a run, so that it is not tried for ever.
CREATE FUNCTION hm_refuse_fallback(p_run uuid, p_data jsonb) RETURNS void LANGUAGE sql AS $$
  SELECT hm_settle(hm_lock_runs(ARRAY[p_run]), '{}', '{}', ARRAY[ROW(p_run, 'run.fallback_failed', NULL, p_data)::hm_event]);
$$;

-- hm_retry, but not of a run that the legacy pipeline has taken over from (the customer would get two deliveries) or that has no nodes.
-- Returns, where it refuses, {before, fallbackId} or {before, isEmpty}.
CREATE FUNCTION hm_retry_unless_taken_over(p_run uuid, p_by text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_runs hm_run_state[] := hm_lock_runs(ARRAY[p_run]);
  v_fallback uuid;
BEGIN
  IF cardinality(v_runs) = 0 THEN RETURN NULL; END IF;
  SELECT id INTO v_fallback FROM "run" WHERE fallback_of_id = p_run;
  IF v_fallback IS NOT NULL THEN RETURN json_build_object('before', v_runs[1].status, 'fallbackId', v_fallback); END IF;
  IF NOT EXISTS (SELECT FROM "node_run" WHERE run_id = p_run) THEN RETURN json_build_object('before', v_runs[1].status, 'isEmpty', true); END IF;
  RETURN hm_retry(p_run, p_by);
END $$;
