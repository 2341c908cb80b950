-- AlterTable
ALTER TABLE "output_type" ADD COLUMN     "legacy_id" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "output_type_legacy_id_key" ON "output_type"("legacy_id");
