-- How far runs are. Read for one run, or joined to runs, it looks at the nodes of those only: the condition on `run_id` goes into the group.
CREATE VIEW "run_progress" AS
SELECT "run_id", avg(CASE WHEN "status" IN ('succeeded', 'skipped') THEN 1 ELSE "progress" END) AS "share"
FROM "node_run"
GROUP BY "run_id";
