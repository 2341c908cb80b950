-- What is on record is not taken away either, a plan is as fixed as the graph it was made from, and a run keeps the plan and the version
-- it was started with. Workflows are archived, never removed, so nothing has to make room.
CREATE OR REPLACE FUNCTION hm_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'What "%" has on record is never removed.', TG_TABLE_NAME;
  END IF;
  RAISE EXCEPTION 'What "%" has on record never changes.', TG_TABLE_NAME;
END $$;

CREATE TRIGGER "workflow_version_stays" BEFORE DELETE ON "workflow_version"
  FOR EACH ROW EXECUTE FUNCTION hm_never_changes();

DROP TRIGGER "run_plan_graph_never_changes" ON "run_plan";
CREATE TRIGGER "run_plan_never_changes" BEFORE UPDATE ON "run_plan"
  FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION hm_never_changes();
CREATE TRIGGER "run_plan_stays" BEFORE DELETE ON "run_plan"
  FOR EACH ROW EXECUTE FUNCTION hm_never_changes();

-- Only where a statement names these columns, so that what a run counts costs nothing more.
CREATE TRIGGER "run_origin_never_changes" BEFORE UPDATE OF plan_hash, workflow_id, workflow_version_id, entry ON "run"
  FOR EACH ROW WHEN (
    (OLD.plan_hash, OLD.workflow_id, OLD.workflow_version_id, OLD.entry)
    IS DISTINCT FROM (NEW.plan_hash, NEW.workflow_id, NEW.workflow_version_id, NEW.entry)
  ) EXECUTE FUNCTION hm_never_changes();
