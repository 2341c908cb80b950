-- CreateEnum
CREATE TYPE "VersionPolicy" AS ENUM ('latest', 'pinned');

-- CreateEnum
CREATE TYPE "RunMode" AS ENUM ('graph', 'legacy', 'shadow');

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('viewer', 'artist', 'operator', 'partner', 'admin');

-- CreateEnum
CREATE TYPE "ParityStatus" AS ENUM ('waiting', 'comparing', 'passed', 'differs', 'incomparable', 'failed');

-- AlterTable
ALTER TABLE "order" ADD COLUMN     "account_id" UUID;

-- AlterTable
ALTER TABLE "output_type" ADD COLUMN     "archived_at" TIMESTAMPTZ(3),
ADD COLUMN     "caller_params" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "constraints" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "legacy_settings" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "parity_policy" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "pinned_version_id" UUID,
ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "shadow_rate" DOUBLE PRECISION NOT NULL DEFAULT 1,
ADD COLUMN     "version_policy" "VersionPolicy" NOT NULL DEFAULT 'latest';

-- AlterTable
ALTER TABLE "run" ADD COLUMN     "fallback_of_id" UUID,
ADD COLUMN     "mode" "RunMode" NOT NULL DEFAULT 'graph',
ADD COLUMN     "shadow_of_id" UUID;

-- CreateTable
CREATE TABLE "account" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "role" "Role" NOT NULL,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "parity_report" (
    "id" UUID NOT NULL,
    "output_type_id" UUID NOT NULL,
    "legacy_run_id" UUID NOT NULL,
    "graph_run_id" UUID NOT NULL,
    "status" "ParityStatus" NOT NULL DEFAULT 'waiting',
    "results" JSONB NOT NULL DEFAULT '[]',
    "reasons" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "parity_report_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "account_name_key" ON "account"("name");

-- CreateIndex
CREATE UNIQUE INDEX "parity_report_legacy_run_id_key" ON "parity_report"("legacy_run_id");

-- CreateIndex
CREATE UNIQUE INDEX "parity_report_graph_run_id_key" ON "parity_report"("graph_run_id");

-- CreateIndex
CREATE INDEX "parity_report_output_type_id_created_at_idx" ON "parity_report"("output_type_id", "created_at");

-- CreateIndex
CREATE INDEX "order_account_id_idx" ON "order"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "run_shadow_of_id_key" ON "run"("shadow_of_id");

-- CreateIndex
CREATE UNIQUE INDEX "run_fallback_of_id_key" ON "run"("fallback_of_id");

-- AddForeignKey
ALTER TABLE "output_type" ADD CONSTRAINT "output_type_pinned_version_id_fkey" FOREIGN KEY ("pinned_version_id") REFERENCES "workflow_version"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order" ADD CONSTRAINT "order_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_shadow_of_id_fkey" FOREIGN KEY ("shadow_of_id") REFERENCES "run"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_fallback_of_id_fkey" FOREIGN KEY ("fallback_of_id") REFERENCES "run"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "parity_report" ADD CONSTRAINT "parity_report_output_type_id_fkey" FOREIGN KEY ("output_type_id") REFERENCES "output_type"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "parity_report" ADD CONSTRAINT "parity_report_legacy_run_id_fkey" FOREIGN KEY ("legacy_run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "parity_report" ADD CONSTRAINT "parity_report_graph_run_id_fkey" FOREIGN KEY ("graph_run_id") REFERENCES "run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
