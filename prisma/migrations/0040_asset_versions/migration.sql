-- Versioned assets: a new publish under the same catalogue name supersedes the one before.

-- AlterTable
ALTER TABLE "output_type" ADD COLUMN     "contract" JSONB NOT NULL DEFAULT '{}';

-- AlterTable
ALTER TABLE "asset" ADD COLUMN     "output_type_id" UUID,
ADD COLUMN     "scope" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "superseded_at" TIMESTAMPTZ(3),
ADD COLUMN     "supersedes_id" UUID,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "asset_file" (
    "asset_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "artifact_id" UUID NOT NULL,

    CONSTRAINT "asset_file_pkey" PRIMARY KEY ("asset_id","position")
);

-- Where a name of the catalogue is unique.
CREATE FUNCTION hm_asset_scope(p_product uuid, p_output_type uuid, p_cad_file uuid, p_run uuid) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN p_product IS NOT NULL THEN 'product/' || p_product || '/' || coalesce(p_output_type::text, '-')
    WHEN p_cad_file IS NOT NULL THEN 'cad_file/' || p_cad_file
    ELSE 'run/' || p_run END
$$;

-- What was delivered so far, in its order.
UPDATE "asset" a SET output_type_id = l.output_type_id FROM "order_line" l WHERE l.id = a.order_line_id;
UPDATE "asset" a SET scope = hm_asset_scope(a.product_id, a.output_type_id, r.cad_file_id, r.id) FROM "run" r WHERE r.id = a.run_id;
UPDATE "asset" a SET version = o.version, supersedes_id = o.before, superseded_at = o.superseded_at
  FROM (SELECT id, row_number() OVER w AS version, lag(id) OVER w AS before, lead(published_at) OVER w AS superseded_at
        FROM "asset" WINDOW w AS (PARTITION BY scope, name ORDER BY published_at, id)) o
  WHERE o.id = a.id;

-- CreateIndex
CREATE UNIQUE INDEX "asset_supersedes_id_key" ON "asset"("supersedes_id");

-- CreateIndex
CREATE UNIQUE INDEX "asset_scope_name_version_key" ON "asset"("scope", "name", "version");

-- AddForeignKey
ALTER TABLE "asset" ADD CONSTRAINT "asset_supersedes_id_fkey" FOREIGN KEY ("supersedes_id") REFERENCES "asset"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "asset" ADD CONSTRAINT "asset_output_type_id_fkey" FOREIGN KEY ("output_type_id") REFERENCES "output_type"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "asset_file" ADD CONSTRAINT "asset_file_asset_id_fkey" FOREIGN KEY ("asset_id") REFERENCES "asset"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "asset_file" ADD CONSTRAINT "asset_file_artifact_id_fkey" FOREIGN KEY ("artifact_id") REFERENCES "artifact"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Enters a delivered file into the catalogue: scope, version and what it supersedes, or what its collision policy says where
-- the name is taken (`collision` in the artifact's metadata: version, suffix, fail; see modules/output/publish_asset.ts).
-- SQLSTATE HM409: a refusal for people, its code in DETAIL; the worker fails the node with it.
CREATE FUNCTION hm_enter_asset() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_policy text;
  v_last "asset";
  v_parts text[];
  v_number int := 1;
BEGIN
  -- The engine is about to skip a row it has already.
  IF EXISTS (SELECT FROM "asset" WHERE run_id = NEW.run_id AND node_id = NEW.node_id) THEN RETURN NEW; END IF;
  -- One lock for the whole catalogue, held until the commit: locks by name, taken row by row in the order of a batch, would deadlock.
  PERFORM pg_advisory_xact_lock(hashtext('hartomat_catalogue'));
  SELECT l.output_type_id INTO NEW.output_type_id FROM "order_line" l WHERE l.id = NEW.order_line_id;
  SELECT hm_asset_scope(NEW.product_id, NEW.output_type_id, r.cad_file_id, r.id) INTO NEW.scope FROM "run" r WHERE r.id = NEW.run_id;
  NEW.version := 1;
  NEW.supersedes_id := NULL;
  NEW.superseded_at := NULL;
  SELECT * INTO v_last FROM "asset" WHERE scope = NEW.scope AND name = NEW.name ORDER BY version DESC LIMIT 1;
  IF NOT FOUND THEN RETURN NEW; END IF;

  SELECT metadata->>'collision' INTO v_policy FROM "artifact" WHERE id = NEW.artifact_id;
  IF v_policy = 'suffix' THEN
    v_parts := regexp_match(NEW.name, '^(.+?)(\.[^.]*)?$');
    LOOP
      v_number := v_number + 1;
      NEW.name := v_parts[1] || '-' || v_number || coalesce(v_parts[2], '');
      EXIT WHEN NOT EXISTS (SELECT FROM "asset" WHERE scope = NEW.scope AND name = NEW.name);
    END LOOP;
  ELSIF v_last.run_id = NEW.run_id THEN
    RAISE EXCEPTION 'Another step of this run has delivered "%" already. Give one of them a file name of its own.', NEW.name
      USING ERRCODE = 'HM409', DETAIL = 'ASSET_NAME_TAKEN';
  ELSIF v_policy = 'fail' THEN
    RAISE EXCEPTION 'The catalogue has "%" already (version %), and this step must not supersede it.', NEW.name, v_last.version
      USING ERRCODE = 'HM409', DETAIL = 'ASSET_NAME_TAKEN';
  ELSE
    NEW.version := v_last.version + 1;
    NEW.supersedes_id := v_last.id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "asset_enter" BEFORE INSERT ON "asset" FOR EACH ROW EXECUTE FUNCTION hm_enter_asset();

-- Marks the version before, and takes in what the same node delivered beside the original.
CREATE FUNCTION hm_asset_entered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "asset" SET superseded_at = NEW.published_at WHERE id = NEW.supersedes_id;
  INSERT INTO "asset_file" (asset_id, position, artifact_id)
    SELECT NEW.id, row_number() OVER (ORDER BY (a.metadata->>'position')::int NULLS LAST, a.file_name, a.id), a.id
    FROM "artifact" a WHERE a.run_id = NEW.run_id AND a.node_id = NEW.node_id AND a.id <> NEW.artifact_id;
  RETURN NULL;
END $$;
CREATE TRIGGER "asset_entered" AFTER INSERT ON "asset" FOR EACH ROW EXECUTE FUNCTION hm_asset_entered();
