-- An idempotency key is one mutation's own, as all others are (runtime/once.ts): `<account>/<mutation>/<key>`. Before, `dispatch` and
-- `rerunFromNode` shared the client's key, after `<account>:` where it was not the owner's. Keys of batches, of lines and of the sample have other forms.
UPDATE "run"
SET idempotency_key =
  coalesce(substring(idempotency_key FROM '^([0-9a-f-]{36}):'), 'owner')
  || CASE WHEN rerun_of_id IS NULL THEN '/dispatch/' ELSE '/rerunFromNode/' END
  || regexp_replace(idempotency_key, '^[0-9a-f-]{36}:', '')
WHERE idempotency_key IS NOT NULL AND idempotency_key !~ '^(line/|cad/|sample-(cad-intake|order)$)';
