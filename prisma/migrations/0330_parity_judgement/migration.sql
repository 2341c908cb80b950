-- AlterTable
ALTER TABLE "parity_report" ADD COLUMN     "judgement" INTEGER;

-- Reports so far, by the rule of runtime/parity/judgement.ts: those over stills and films that did not compare cameras looked at less.
UPDATE "parity_report" SET judgement = CASE WHEN EXISTS (
    SELECT FROM jsonb_array_elements(results) c
    WHERE c->>'role' IN ('still_image', 'turntable_video') AND c->>'kind' <> 'missing'
      AND NOT c @? '$.figures[*] ? (@.key == "camera" && @.difference != null)') THEN 1 ELSE 2 END
  WHERE finished_at IS NOT NULL;
