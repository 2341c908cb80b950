-- Files that attempts finished before the work as a whole was done; the next attempt goes on from them (worker/checkpoints.ts).
CREATE TABLE "checkpoint" (
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "artifact" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "checkpoint_pkey" PRIMARY KEY ("key", "name")
);

-- CreateIndex
CREATE INDEX "checkpoint_created_at_idx" ON "checkpoint"("created_at");
