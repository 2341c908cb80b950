-- AlterTable
ALTER TABLE "audit_entry" ADD COLUMN     "last_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "times" INTEGER NOT NULL DEFAULT 1;

UPDATE "audit_entry" SET "last_at" = "at";
