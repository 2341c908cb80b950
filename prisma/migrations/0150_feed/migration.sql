-- What happens to runs and assets of the whole installation, in the order in which it can be told without a gap.

-- CreateTable
CREATE TABLE "feed_entry" (
    "position" BIGSERIAL NOT NULL,
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "run_id" UUID NOT NULL,
    "status" "RunStatus",
    "asset_id" UUID,

    CONSTRAINT "feed_entry_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "feed_state" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "webhooks_xid" xid8 NOT NULL DEFAULT '0'::xid8,
    "webhooks_position" BIGINT NOT NULL DEFAULT 0,
    "cleared_xid" xid8 NOT NULL DEFAULT '0'::xid8,
    "cleared_position" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "feed_state_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "feed_entry_xid_position_idx" ON "feed_entry"("xid", "position");

-- CreateIndex
CREATE INDEX "feed_entry_at_idx" ON "feed_entry"("at");

INSERT INTO "feed_state" DEFAULT VALUES;

-- `at` is of the statement and not of the transaction: changes of one run carry rising times, as its row is locked.
CREATE FUNCTION hm_feed_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.status = OLD.status THEN RETURN NULL; END IF;
  END IF;
  INSERT INTO "feed_entry" (at, run_id, status) VALUES (clock_timestamp(), NEW.id, NEW.status);
  PERFORM pg_notify('hartomat_feed', '');
  RETURN NULL;
END $$;
-- Without a WHEN clause: Postgres would prepare its expression at every step of the engine (see 0041_notification_delivery).
CREATE TRIGGER "run_feed" AFTER INSERT OR UPDATE OF status ON "run" FOR EACH ROW EXECUTE FUNCTION hm_feed_run();

CREATE FUNCTION hm_feed_asset() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "feed_entry" (at, run_id, asset_id) VALUES (clock_timestamp(), NEW.run_id, NEW.id);
  PERFORM pg_notify('hartomat_feed', '');
  RETURN NULL;
END $$;
CREATE TRIGGER "asset_feed" AFTER INSERT ON "asset" FOR EACH ROW EXECUTE FUNCTION hm_feed_asset();
