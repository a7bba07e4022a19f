-- Months that were paid before this store began: amounts taken over with a case load, so that the
-- next run knows what was paid last.

-- name: past_job read
SELECT job_id FROM month_run WHERE county_code = $1 AND month = $2;

-- name: past_job_add write
INSERT INTO run_job (county_code, job_id, month, state, position, rule_hash, engine, who, started_ms,
    next_household, digest)
VALUES ($1, $2, $3, 'done', $4, $5, 'import', $6, $7, 0, $8);

-- name: past_month_add write
INSERT INTO month_run (county_code, month, job_id) VALUES ($1, $2, $3);

-- name: past_determination_add write
INSERT INTO determination (county_code, month, household_id, person_id, programme, job_id, outcome,
    reasons, amount_fen, carried, input_hash)
VALUES ($1, $2, $3, $4, $5, $6, 'imported', '', $7, $8, $9);

-- name: past_award_add write
INSERT INTO award (county_code, month, household_id, person_id, programme, job_id, amount_fen, ground,
    who)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'imported', $8);
