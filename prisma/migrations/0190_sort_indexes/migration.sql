-- DropIndex
DROP INDEX "asset_published_at_idx";

-- DropIndex
DROP INDEX "audit_entry_at_idx";

-- DropIndex
DROP INDEX "cad_file_created_at_idx";

-- DropIndex
DROP INDEX "notification_created_at_idx";

-- DropIndex
DROP INDEX "notification_delivery_created_at_idx";

-- DropIndex
DROP INDEX "order_account_id_idx";

-- DropIndex
DROP INDEX "run_created_at_id_idx";

-- CreateIndex
CREATE INDEX "asset_published_at_id_idx" ON "asset"("published_at", "id");

-- CreateIndex
CREATE INDEX "asset_name_id_idx" ON "asset"("name", "id");

-- CreateIndex
CREATE INDEX "audit_entry_at_id_idx" ON "audit_entry"("at", "id");

-- CreateIndex
CREATE INDEX "cad_file_created_at_id_idx" ON "cad_file"("created_at", "id");

-- CreateIndex
CREATE INDEX "cad_file_name_id_idx" ON "cad_file"("name", "id");

-- CreateIndex
CREATE INDEX "notification_created_at_id_idx" ON "notification"("created_at", "id");

-- CreateIndex
CREATE INDEX "notification_delivery_created_at_id_idx" ON "notification_delivery"("created_at", "id");

-- CreateIndex
CREATE INDEX "notification_delivery_updated_at_id_idx" ON "notification_delivery"("updated_at", "id");

-- CreateIndex
CREATE INDEX "order_account_id_number_idx" ON "order"("account_id", "number");

-- CreateIndex
CREATE INDEX "order_reference_id_idx" ON "order"("reference", "id");

-- CreateIndex
CREATE INDEX "parity_report_created_at_id_idx" ON "parity_report"("created_at", "id");

-- CreateIndex
CREATE INDEX "parity_report_finished_at_id_idx" ON "parity_report"("finished_at", "id");

-- CreateIndex
CREATE INDEX "product_name_id_idx" ON "product"("name", "id");

-- CreateIndex
CREATE INDEX "product_created_at_id_idx" ON "product"("created_at", "id");

-- CreateIndex
CREATE INDEX "run_created_at_id_idx" ON "run"("created_at", "id");

-- CreateIndex
CREATE INDEX "run_finished_at_id_idx" ON "run"("finished_at", "id");
