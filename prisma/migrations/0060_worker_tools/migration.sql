-- AlterTable
ALTER TABLE "worker" ADD COLUMN     "tools" JSONB NOT NULL DEFAULT '{}';
