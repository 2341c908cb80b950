-- AlterTable
ALTER TABLE "material" ADD COLUMN     "archived_at" TIMESTAMPTZ(3),
ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1;
