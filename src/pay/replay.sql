-- Replaying a month: what is stored of it, in the order in which it is worked out again.

-- name: replay_counties read
-- fan-out: a city's month is proven for all its counties
SELECT county_code, job_id FROM month_run WHERE month = $1 ORDER BY county_code;

-- name: replay_jobs read
-- The visible run and those before it, of which parts may still stand.
SELECT job_id, position, division, last_job, rule_hash, engine, decide, digest FROM run_job
WHERE county_code = $1 AND month = $2 AND job_id <= $3 AND state IN ('done', 'replaced')
ORDER BY job_id DESC;

-- name: replay_blocks read
SELECT first_household, last_household, households, persons, hash FROM run_slice
WHERE county_code = $1 AND job_id = $2 ORDER BY first_household;

-- name: replay_determinations read
SELECT household_id, person_id, programme, outcome, reasons, amount_fen, carried, input_hash, made_by
FROM determination
WHERE county_code = $1 AND month = $2 AND household_id >= $3 AND household_id <= $4 AND job_id = $5
ORDER BY household_id, person_id, programme;

-- name: replay_awards read
SELECT household_id, person_id, programme, amount_fen, ground FROM award
WHERE county_code = $1 AND month = $2 AND household_id >= $3 AND household_id <= $4 AND job_id = $5
ORDER BY household_id, person_id, programme;

-- name: replay_payments read
SELECT household_id, payee_id, programme, amount_fen, division FROM payment
WHERE county_code = $1 AND month = $2 AND household_id >= $3 AND household_id <= $4 AND job_id = $5
    AND kind = 'month'
ORDER BY household_id, payee_id, programme;

-- name: replay_determination_count read
-- Those of one job ($4; 0: of all) that the month shows.
SELECT count(*) FROM determination
WHERE county_code = $1 AND month = $2 AND job_id = $3 AND ($5 = '' OR programme = $5)
    AND (CAST($4 AS BIGINT) = 0 OR made_by = $4 OR (made_by = 0 AND job_id = $4));

-- name: replay_award_count read
SELECT count(*), CAST(COALESCE(sum(amount_fen), 0) AS BIGINT) FROM award
WHERE county_code = $1 AND month = $2 AND job_id = $3 AND ($4 = '' OR programme = $4);

-- name: replay_payment_count read
SELECT count(*), CAST(COALESCE(sum(amount_fen), 0) AS BIGINT) FROM payment
WHERE county_code = $1 AND month = $2 AND job_id = $3 AND ($4 = '' OR programme = $4)
    AND kind = 'month';

-- ---- decided cases ----

-- schema: case_determination since 4
-- What the rules gave of a unit of a case when it was decided, and what that follows from. Append only.
CREATE TABLE case_determination (
    county_code BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,             -- the event that decided
    person_id BIGINT NOT NULL,       -- 0: the household
    programme TEXT NOT NULL,
    position BIGINT NOT NULL,        -- that it looked at: the one before the decision's own
    decided TEXT NOT NULL,           -- the day
    household_id BIGINT NOT NULL,
    month TEXT NOT NULL,             -- the month that it looked at
    last_job BIGINT NOT NULL,        -- whose amounts are "paid last month"; 0: nobody's
    rule_hash TEXT NOT NULL,         -- of the day of acceptance
    engine TEXT NOT NULL,
    outcome TEXT NOT NULL,           -- the outcome's name, or 'undecided'
    reasons TEXT NOT NULL,           -- names joined by '+'
    amount_fen BIGINT,               -- in all; null: open
    input_hash BYTEA NOT NULL,       -- as determination.input_hash
    PRIMARY KEY (county_code, case_id, seq, person_id, programme)
) -- clustered

-- schema: case_determination_decided since 4
CREATE INDEX case_determination_decided ON case_determination (county_code, decided, case_id, seq)

-- name: case_determination_add write
INSERT INTO case_determination (county_code, case_id, seq, person_id, programme, position, decided,
    household_id, month, last_job, rule_hash, engine, outcome, reasons, amount_fen, input_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- name: case_determinations_of read
SELECT case_id, seq, person_id, programme, position, household_id, month, last_job, rule_hash, engine,
    outcome, reasons, amount_fen, input_hash
FROM case_determination WHERE county_code = $1 AND case_id = $2
ORDER BY seq, person_id, programme;

-- name: case_determinations_on read
SELECT case_id, seq, person_id, programme, position, household_id, month, last_job, rule_hash, engine,
    outcome, reasons, amount_fen, input_hash
FROM case_determination WHERE county_code = $1 AND decided >= $2 AND decided <= $3
ORDER BY case_id, seq, person_id, programme;
