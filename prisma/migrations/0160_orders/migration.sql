-- Orders with prices frozen as they are placed, and states that follow from runs.

-- AlterTable
ALTER TABLE "order" ADD COLUMN     "idempotency_key" TEXT,
ADD COLUMN     "reference" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "request_hash" TEXT;

-- AlterTable
ALTER TABLE "order_line" ADD COLUMN     "cancelled_at" TIMESTAMPTZ(3),
ADD COLUMN     "currency" TEXT,
ADD COLUMN     "unit_price_cents" INTEGER;

-- CreateIndex
CREATE UNIQUE INDEX "order_idempotency_key_key" ON "order"("idempotency_key");

-- What was ordered before prices were kept costs what its tier says now.
UPDATE "order_line" l SET unit_price_cents = t.unit_price_cents, currency = t.currency
FROM "output_type" o JOIN "pricing_tier" t ON t.id = o.pricing_tier_id WHERE o.id = l.output_type_id;

-- The newest run decides; one that failed or was cancelled takes nothing back that was delivered before it. A shadow run delivers nothing.
CREATE VIEW "order_line_state" AS
SELECT l.id AS order_line_id, l.order_id, CASE
    WHEN r.status = 'queued' THEN 'queued'
    WHEN r.status IN ('running', 'cancelling') THEN 'running'
    WHEN r.status = 'succeeded' OR d.is_delivered THEN 'delivered'
    WHEN r.status = 'partial' AND p.is_whole THEN 'delivered'
    WHEN p.has_assets THEN 'partially_delivered'
    WHEN r.status IN ('partial', 'failed') AND l.cancelled_at IS NULL THEN 'failed'
    WHEN r.status = 'cancelled' OR l.cancelled_at IS NOT NULL THEN 'cancelled'
    ELSE 'draft'
  END AS state
FROM "order_line" l
LEFT JOIN LATERAL (
  SELECT id, status FROM "run" WHERE order_line_id = l.id AND mode <> 'shadow' ORDER BY created_at DESC, id DESC LIMIT 1
) r ON true
LEFT JOIN LATERAL (
  SELECT true AS is_delivered FROM "run" WHERE order_line_id = l.id AND mode <> 'shadow' AND status = 'succeeded' LIMIT 1
) d ON r.status IN ('partial', 'failed', 'cancelled')
LEFT JOIN LATERAL (
  SELECT EXISTS (SELECT 1 FROM "asset" WHERE run_id = r.id) AS has_assets,
    (SELECT bool_and(status = 'succeeded') FROM "node_run" WHERE run_id = r.id AND module_key = 'output.publish_asset') AS is_whole
) p ON r.status IN ('partial', 'failed', 'cancelled');

CREATE VIEW "order_state" AS
SELECT o.id AS order_id, CASE
    WHEN count(s.state) = 0 OR bool_and(s.state = 'draft') THEN 'draft'
    WHEN bool_and(s.state = 'cancelled') THEN 'cancelled'
    WHEN bool_or(s.state = 'running') THEN 'running'
    WHEN bool_or(s.state = 'queued') THEN CASE WHEN bool_and(s.state IN ('queued', 'draft', 'cancelled')) THEN 'queued' ELSE 'running' END
    WHEN bool_and(s.state = 'delivered') THEN 'delivered'
    WHEN bool_or(s.state IN ('delivered', 'partially_delivered')) THEN 'partially_delivered'
    WHEN bool_or(s.state = 'failed') THEN 'failed'
    ELSE 'draft'
  END AS state
FROM "order" o LEFT JOIN "order_line_state" s ON s.order_id = o.id GROUP BY o.id;
