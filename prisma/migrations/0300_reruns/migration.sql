-- A run that makes a node of an earlier run, and what depends on it, anew.
ALTER TABLE "run" ADD COLUMN "rerun_of_id" UUID, ADD COLUMN "rerun_from" TEXT;
ALTER TABLE "run" ADD CONSTRAINT "run_rerun_of_id_fkey" FOREIGN KEY ("rerun_of_id") REFERENCES "run"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- As hm_dispatch, for one run with rerunOfId and rerunFrom; returns what that returns for it.
CREATE FUNCTION hm_dispatch_rerun(p_plans jsonb, p_run jsonb) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  v_result json := hm_dispatch(p_plans, jsonb_build_array(p_run))->0;
BEGIN
  IF (v_result->>'created')::boolean THEN
    UPDATE "run" SET rerun_of_id = (p_run->>'rerunOfId')::uuid, rerun_from = p_run->>'rerunFrom' WHERE id = (p_run->>'id')::uuid;
  END IF;
  RETURN v_result;
END $$;
