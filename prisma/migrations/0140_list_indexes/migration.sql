-- CreateIndex
CREATE INDEX "asset_order_line_id_idx" ON "asset"("order_line_id");

-- CreateIndex
CREATE INDEX "asset_product_id_published_at_idx" ON "asset"("product_id", "published_at");
