-- A published version, and the graph that a run was started with, are what they were for ever: the database holds it, whoever asks.
CREATE FUNCTION hm_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'What "%" has on record never changes.', TG_TABLE_NAME;
END $$;

CREATE TRIGGER "workflow_version_never_changes" BEFORE UPDATE ON "workflow_version"
  FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION hm_never_changes();
CREATE TRIGGER "run_plan_graph_never_changes" BEFORE UPDATE ON "run_plan"
  FOR EACH ROW WHEN (OLD.graph IS DISTINCT FROM NEW.graph) EXECUTE FUNCTION hm_never_changes();
