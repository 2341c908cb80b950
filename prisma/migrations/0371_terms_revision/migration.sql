-- Of two people who change a price or a category at once, the slower one is told.
ALTER TABLE "category" ADD COLUMN "revision" INTEGER NOT NULL DEFAULT 1;
ALTER TABLE "pricing_tier" ADD COLUMN "revision" INTEGER NOT NULL DEFAULT 1;
