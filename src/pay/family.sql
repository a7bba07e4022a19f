-- What a family change is reckoned from: which months are paid, and whose home is where.

-- name: family_paid_last read
-- The last month that is paid: its list is frozen, or it was taken over with its amounts.
SELECT COALESCE(max(t.month), '') FROM (
    SELECT b.month AS month FROM batch AS b WHERE b.county_code = $1 AND b.kind = 'month'
    UNION ALL
    SELECT m.month AS month FROM month_run AS m
    JOIN run_job AS j ON j.county_code = m.county_code AND j.job_id = m.job_id
    WHERE m.county_code = $1 AND (j.decide = 'past' OR j.engine = 'import')
) AS t;

-- name: family_run_before read
-- The last month that was run before one, and not before another.
SELECT month, job_id FROM month_run
WHERE county_code = $1 AND month < $2 AND month >= $3 ORDER BY month DESC LIMIT 1;
