-- A request that failed unexpectedly may have been done before that: its key is kept, and it is not done again.
ALTER TABLE "request" ADD COLUMN "broke_off" BOOLEAN NOT NULL DEFAULT false;
