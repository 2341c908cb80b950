-- The state of order lines beside them, so that lists can be filtered by it.

-- CreateEnum
CREATE TYPE "OrderState" AS ENUM ('draft', 'queued', 'running', 'delivered', 'partially_delivered', 'failed', 'cancelled');

-- AlterTable
ALTER TABLE "order_line" ADD COLUMN     "state" "OrderState" NOT NULL DEFAULT 'draft';

-- What an order makes of its lines is said in runtime/orderStates.ts, for answers and filters alike.
DROP VIEW "order_state";

-- The view looks for the newest run of a line.
-- DropIndex
DROP INDEX "run_order_line_id_idx";

-- CreateIndex
CREATE INDEX "run_order_line_id_created_at_id_idx" ON "run"("order_line_id", "created_at", "id");

ANALYZE "run", "order_line";

UPDATE "order_line" l SET state = s.state::"OrderState" FROM "order_line_state" s WHERE s.order_line_id = l.id AND s.state <> 'draft';

-- CreateIndex
CREATE INDEX "order_line_state_order_id_idx" ON "order_line"("state", "order_id");

-- Brings a line's state to what the view says. The line is locked first, in a statement of its own: the next one sees what others
-- who changed it meanwhile have committed.
CREATE FUNCTION hm_keep_line_state(p_line uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM "order_line" WHERE id = p_line FOR NO KEY UPDATE;
  UPDATE "order_line" l SET state = s.state::"OrderState"
    FROM "order_line_state" s WHERE s.order_line_id = p_line AND l.id = p_line AND l.state <> s.state::"OrderState";
END $$;

-- All of these at the end of the transaction, when everything is written that the view looks at: dispatch makes a run a shadow only
-- after it has inserted it.
CREATE FUNCTION hm_line_state_of_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.status = OLD.status AND NEW.mode = OLD.mode AND NEW.order_line_id IS NOT DISTINCT FROM OLD.order_line_id THEN RETURN NULL; END IF;
    IF OLD.order_line_id IS DISTINCT FROM NEW.order_line_id AND OLD.order_line_id IS NOT NULL THEN PERFORM hm_keep_line_state(OLD.order_line_id); END IF;
  END IF;
  IF NEW.order_line_id IS NOT NULL THEN PERFORM hm_keep_line_state(NEW.order_line_id); END IF;
  RETURN NULL;
END $$;
-- Without a WHEN clause, as in 0150_feed.
CREATE CONSTRAINT TRIGGER "run_line_state" AFTER INSERT OR UPDATE OF status, mode, order_line_id ON "run"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hm_line_state_of_run();

-- By its run, whatever line the asset was delivered for: that is how the view finds it.
CREATE FUNCTION hm_line_state_of_asset() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_line uuid;
BEGIN
  SELECT order_line_id INTO v_line FROM "run" WHERE id = coalesce(NEW.run_id, OLD.run_id);
  IF v_line IS NOT NULL THEN PERFORM hm_keep_line_state(v_line); END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "asset_line_state" AFTER INSERT OR DELETE ON "asset"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hm_line_state_of_asset();

CREATE FUNCTION hm_line_state_of_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at THEN PERFORM hm_keep_line_state(NEW.id); END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "order_line_state" AFTER UPDATE OF cancelled_at ON "order_line"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hm_line_state_of_line();
