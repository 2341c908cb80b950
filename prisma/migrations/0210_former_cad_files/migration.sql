-- CreateTable
CREATE TABLE "former_cad_file" (
    "product_id" UUID NOT NULL,
    "cad_file_id" UUID NOT NULL,
    "left_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "former_cad_file_pkey" PRIMARY KEY ("product_id","cad_file_id")
);

-- CreateIndex
CREATE INDEX "former_cad_file_cad_file_id_idx" ON "former_cad_file"("cad_file_id");

-- AddForeignKey
ALTER TABLE "former_cad_file" ADD CONSTRAINT "former_cad_file_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "former_cad_file" ADD CONSTRAINT "former_cad_file_cad_file_id_fkey" FOREIGN KEY ("cad_file_id") REFERENCES "cad_file"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateIndex
CREATE INDEX "product_cad_file_id_idx" ON "product"("cad_file_id");

-- A product that goes back to a file it had before has that one again.
CREATE FUNCTION hm_note_former_cad_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.cad_file_id IS NOT NULL THEN
    INSERT INTO "former_cad_file" (product_id, cad_file_id) VALUES (NEW.id, OLD.cad_file_id)
      ON CONFLICT (product_id, cad_file_id) DO UPDATE SET left_at = now();
  END IF;
  DELETE FROM "former_cad_file" WHERE product_id = NEW.id AND cad_file_id = NEW.cad_file_id;
  RETURN NULL;
END $$;
CREATE TRIGGER "product_cad_file" AFTER UPDATE OF cad_file_id ON "product" FOR EACH ROW
  WHEN (OLD.cad_file_id IS DISTINCT FROM NEW.cad_file_id) EXECUTE FUNCTION hm_note_former_cad_file();

-- What the runs of order lines tell of the time before.
INSERT INTO "former_cad_file" (product_id, cad_file_id)
  SELECT DISTINCT p.id, r.cad_file_id FROM "run" r JOIN "order_line" l ON l.id = r.order_line_id JOIN "product" p ON p.id = l.product_id
  WHERE r.cad_file_id IS DISTINCT FROM p.cad_file_id AND r.cad_file_id IS NOT NULL;
