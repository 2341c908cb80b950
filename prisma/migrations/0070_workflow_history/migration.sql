-- Who published a version, and workflows that are put away.
ALTER TABLE "workflow" ADD COLUMN "archived_at" TIMESTAMPTZ(3);
ALTER TABLE "workflow_version" ADD COLUMN "published_by" TEXT;
