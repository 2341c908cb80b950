-- CreateTable
CREATE TABLE "request" (
    "account" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "result_id" UUID,
    "begun_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "request_pkey" PRIMARY KEY ("account","operation","key")
);

-- CreateIndex
CREATE INDEX "request_begun_at_idx" ON "request"("begun_at");
