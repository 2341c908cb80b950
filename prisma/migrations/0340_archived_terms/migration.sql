-- Prices and categories that are not offered any more.
ALTER TABLE "pricing_tier" ADD COLUMN "archived_at" TIMESTAMPTZ(3);
ALTER TABLE "category" ADD COLUMN "archived_at" TIMESTAMPTZ(3);
