-- What became of every message of output.notify.

-- CreateTable
CREATE TABLE "notification_delivery" (
    "id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "node_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "response_code" INTEGER,
    "error" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "notification_delivery_created_at_idx" ON "notification_delivery"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "notification_delivery_run_id_node_id_key" ON "notification_delivery"("run_id", "node_id");

-- AddForeignKey
ALTER TABLE "notification_delivery" ADD CONSTRAINT "notification_delivery_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Keeps the record as attempts of a notify node end: by its receipt, or by `details.delivery` of its failure.
CREATE FUNCTION hm_record_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_facts jsonb;
BEGIN
  IF NEW.module_key <> 'output.notify' OR NEW.status = OLD.status OR NOT (OLD.status = 'running' OR NEW.status IN ('cancelled', 'skipped')) THEN
    RETURN NULL;
  END IF;
  v_facts := coalesce(NEW.outputs->'receipt'->'data', NEW.failure->'details'->'delivery', '{}');
  IF NEW.status IN ('cancelled', 'skipped') THEN
    UPDATE "notification_delivery" SET status = 'cancelled', updated_at = now() WHERE run_id = NEW.run_id AND node_id = NEW.node_id AND status = 'retrying';
  ELSIF NEW.outputs IS NOT NULL OR NEW.failure IS NOT NULL THEN
    INSERT INTO "notification_delivery" AS d (id, run_id, node_id, channel, target, status, attempts, response_code, error)
      VALUES (gen_random_uuid(), NEW.run_id, NEW.node_id, coalesce(v_facts->>'channel', ''), coalesce(v_facts->>'target', ''),
        CASE NEW.status WHEN 'succeeded' THEN coalesce(v_facts->>'status', 'delivered') WHEN 'ready' THEN 'retrying' ELSE 'failed' END,
        NEW.attempt, (v_facts->>'responseCode')::int,
        CASE WHEN NEW.failure IS NOT NULL THEN jsonb_build_object('code', NEW.failure->>'code', 'message', NEW.failure->>'message') END)
      ON CONFLICT (run_id, node_id) DO UPDATE SET
        channel = coalesce(nullif(EXCLUDED.channel, ''), d.channel), target = coalesce(nullif(EXCLUDED.target, ''), d.target), status = EXCLUDED.status, attempts = EXCLUDED.attempts,
        response_code = EXCLUDED.response_code, error = coalesce(EXCLUDED.error, d.error), updated_at = now();
  END IF;
  RETURN NULL;
END $$;
-- Without a WHEN clause: Postgres would prepare its expression at every statement, which costs a step of the engine a quarter of its time.
CREATE TRIGGER "node_run_delivery" AFTER UPDATE ON "node_run" FOR EACH ROW EXECUTE FUNCTION hm_record_delivery();
