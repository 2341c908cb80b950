-- AlterTable
ALTER TABLE "order_line" ADD COLUMN "idempotency_key" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "order_line_idempotency_key_key" ON "order_line"("idempotency_key");
