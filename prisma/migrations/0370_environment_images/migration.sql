-- CreateTable
CREATE TABLE "environment_image" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "artifact_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "environment_image_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "environment_image_name_key" ON "environment_image"("name");

-- AddForeignKey
ALTER TABLE "environment_image" ADD CONSTRAINT "environment_image_artifact_id_fkey" FOREIGN KEY ("artifact_id") REFERENCES "artifact"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
