-- Months computed as known at a time.

-- name: trial_visible read
-- The run whose results stood for a month at a time.
SELECT job_id FROM run_job
WHERE county_code = $1 AND month = $2 AND (state = 'done' OR state = 'replaced')
    AND coalesce(ended_ms, started_ms) <= $3
ORDER BY coalesce(ended_ms, started_ms) DESC, job_id DESC LIMIT 1;
