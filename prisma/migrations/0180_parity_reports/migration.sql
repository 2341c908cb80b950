-- DropIndex
DROP INDEX "parity_report_graph_run_id_key";

-- DropIndex
DROP INDEX "parity_report_legacy_run_id_key";

-- AlterTable
ALTER TABLE "output_type" ADD COLUMN     "profile_changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "parity_report" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "policy" JSONB,
ADD COLUMN     "token" UUID,
ADD COLUMN     "worker_id" UUID;

-- CreateIndex
CREATE INDEX "parity_report_graph_run_id_idx" ON "parity_report"("graph_run_id");

-- CreateIndex
CREATE UNIQUE INDEX "parity_report_legacy_run_id_graph_run_id_key" ON "parity_report"("legacy_run_id", "graph_run_id");

-- When what an output type's runs make last changed. Here, and not in code, so that no way of changing it is forgotten: parity
-- reports from before say nothing about it any more.
CREATE FUNCTION hm_profile_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.profile_changed_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER "output_type_profile_changed" BEFORE UPDATE ON "output_type" FOR EACH ROW
  WHEN ((OLD.workflow_id, OLD.version_policy, OLD.pinned_version_id, OLD.family, OLD.artifact_kind, OLD.overrides, OLD.contract, OLD.legacy_settings)
    IS DISTINCT FROM (NEW.workflow_id, NEW.version_policy, NEW.pinned_version_id, NEW.family, NEW.artifact_kind, NEW.overrides, NEW.contract, NEW.legacy_settings))
  EXECUTE FUNCTION hm_profile_changed();
