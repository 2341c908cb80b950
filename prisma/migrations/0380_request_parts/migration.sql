-- What a request that starts many things is about: whoever sends it again means the same things, whatever is due by then.
ALTER TABLE "request" ADD COLUMN "parts" JSONB;
