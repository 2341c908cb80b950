-- Searching lists for a text within a name, by its groups of three letters.

-- CreateIndex
CREATE INDEX "order_line_product_id_idx" ON "order_line"("product_id");

-- Makes the indexes where they are missing, and says whether they are there now. pg_trgm comes with PostgreSQL, but some installations
-- leave such extensions out, or let nobody but the superuser add them; without it searches find the same by looking at every row.
CREATE FUNCTION hm_index_text_search() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF to_regclass('asset_name_trgm_idx') IS NOT NULL THEN RETURN true; END IF;
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX IF NOT EXISTS "product_name_trgm_idx" ON "product" USING GIN ("name" gin_trgm_ops);
  CREATE INDEX IF NOT EXISTS "product_sku_trgm_idx" ON "product" USING GIN ("sku" gin_trgm_ops);
  CREATE INDEX IF NOT EXISTS "cad_file_name_trgm_idx" ON "cad_file" USING GIN ("name" gin_trgm_ops);
  CREATE INDEX IF NOT EXISTS "order_reference_trgm_idx" ON "order" USING GIN ("reference" gin_trgm_ops);
  CREATE INDEX IF NOT EXISTS "asset_name_trgm_idx" ON "asset" USING GIN ("name" gin_trgm_ops);
  RETURN true;
EXCEPTION
  WHEN feature_not_supported OR undefined_file OR undefined_object OR insufficient_privilege THEN RETURN false;
END $$;
SELECT hm_index_text_search();
