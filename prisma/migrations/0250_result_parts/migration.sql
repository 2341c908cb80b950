-- Keys of results are made of parts now, the work first (workflow/cacheKey.ts), and are looked for by it: they sort by bytes, whatever the
-- language of the database. Results under keys of before would never be found again.
DELETE FROM "result_cache";
ALTER TABLE "result_cache" ALTER COLUMN "key" TYPE TEXT COLLATE "C";
