-- CreateTable
CREATE TABLE "material_decision" (
    "run_id" UUID NOT NULL,
    "idx" INTEGER NOT NULL,
    "module_key" TEXT NOT NULL,
    "params" JSONB NOT NULL,
    "objects_sha256" TEXT NOT NULL,
    "library_sha256" TEXT NOT NULL,
    "proposal_sha256" TEXT,
    "map_sha256" TEXT NOT NULL,

    CONSTRAINT "material_decision_pkey" PRIMARY KEY ("run_id","idx")
);

-- CreateTable
CREATE TABLE "template_choice" (
    "run_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "template_choice_pkey" PRIMARY KEY ("run_id","name")
);

-- AddForeignKey
ALTER TABLE "material_decision" ADD CONSTRAINT "material_decision_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "template_choice" ADD CONSTRAINT "template_choice_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is in the catalogue now, in the order in which the list of what is out of date is read.
CREATE INDEX "asset_newest" ON "asset"("published_at", "id") WHERE superseded_at IS NULL;

-- Notes what runs decided materials from and which templates they took. A proposal by the library's rules says nothing that the rules do
-- not say again; a library that did not come with the entry does not change.
CREATE FUNCTION hm_note_sources(p_runs uuid[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO "material_decision" (run_id, idx, module_key, params, objects_sha256, library_sha256, proposal_sha256, map_sha256)
    SELECT n.run_id, n.idx, n.module_key, coalesce(node->'params', '{}'),
      coalesce(objects.outputs->(node->'bindings'->'objects'->0->>'port')->'artifact'->>'sha256', n.outputs->'objects'->'artifact'->>'sha256'),
      r.entry->'materialLibrary'->>'sha256',
      CASE WHEN proposal.module_key <> 'materials.auto_populate'
        THEN proposal.outputs->(node->'bindings'->'proposal'->0->>'port')->'artifact'->>'sha256' END,
      n.outputs->'map'->'artifact'->>'sha256'
    FROM "node_run" n JOIN "run" r ON r.id = n.run_id JOIN "run_plan" p ON p.hash = r.plan_hash
    CROSS JOIN LATERAL (SELECT p.plan->'nodes'->n.idx AS node) planned
    LEFT JOIN "node_run" objects ON objects.run_id = n.run_id AND objects.idx = (node->'bindings'->'objects'->0->>'idx')::int
    LEFT JOIN "node_run" proposal ON proposal.run_id = n.run_id AND proposal.idx = (node->'bindings'->'proposal'->0->>'idx')::int
    WHERE n.run_id = ANY(p_runs) AND n.module_key IN ('materials.resolve_map', 'legacy.pipeline')
      AND n.outputs->'map'->'artifact'->>'sha256' IS NOT NULL
      AND node->'bindings'->'materialLibrary'->0->>'from' = 'entry' AND r.entry->'materialLibrary'->>'sha256' IS NOT NULL
      AND coalesce(objects.outputs->(node->'bindings'->'objects'->0->>'port')->'artifact'->>'sha256', n.outputs->'objects'->'artifact'->>'sha256') IS NOT NULL
    ON CONFLICT DO NOTHING;
  INSERT INTO "template_choice" (run_id, name, version)
    SELECT DISTINCT ON (n.run_id, t->'metadata'->>'name') n.run_id, t->'metadata'->>'name', (t->'metadata'->>'version')::int
    FROM "node_run" n, jsonb_path_query(n.outputs, '$.*.artifact ? (@.role == "render_template")') t
    WHERE n.run_id = ANY(p_runs) AND t->'metadata'->>'name' IS NOT NULL AND t->'metadata'->>'version' ~ '^\d{1,9}$'
    ON CONFLICT DO NOTHING;
$$;

CREATE FUNCTION hm_asset_sources() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM hm_note_sources(ARRAY[NEW.run_id]);
  RETURN NULL;
END $$;
CREATE TRIGGER "asset_sources" AFTER INSERT ON "asset" FOR EACH ROW EXECUTE FUNCTION hm_asset_sources();

-- Of what was published so far.
SELECT hm_note_sources(ARRAY(SELECT DISTINCT run_id FROM "asset"));
