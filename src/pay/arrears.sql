-- Back-pay and recovery: what was paid for months that are paid, beside what should have been. Rows of a
-- job that isn't done yet are read by nobody.

-- schema: arrears_job since 4
CREATE TABLE arrears_job (
    county_code BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    state TEXT NOT NULL,             -- running, open, closed, dropped
    division BIGINT NOT NULL,        -- only those living below it; 0: the whole county
    household_id BIGINT NOT NULL,    -- only this one; 0: all
    programme TEXT NOT NULL,         -- '': all
    from_month TEXT NOT NULL,
    upto_month TEXT NOT NULL,
    why TEXT NOT NULL,
    who TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    ended_ms BIGINT NOT NULL,        -- when it became visible; 0: not yet
    position BIGINT NOT NULL,        -- the change position that it reads at
    rule_hash TEXT NOT NULL,
    engine TEXT NOT NULL,
    runs TEXT NOT NULL,              -- of every paid month the run that stands: '2021-01=7+2021-02=9'
    next_household BIGINT NOT NULL,  -- where it goes on: the first household not yet done
    households BIGINT NOT NULL,      -- looked at
    months BIGINT NOT NULL,          -- household-months compared
    line_rows BIGINT NOT NULL,
    backpay_fen BIGINT NOT NULL,
    recovery_fen BIGINT NOT NULL,
    left_fen BIGINT NOT NULL,        -- overpaid, and a rule leaves it with the family
    undecided BIGINT NOT NULL,       -- household-months of which nobody can tell
    PRIMARY KEY (county_code, job_id)
) -- clustered

-- schema: arrears_job_state since 4
CREATE INDEX arrears_job_state ON arrears_job (county_code, state, job_id)

-- schema: arrears_line since 4
CREATE TABLE arrears_line (
    county_code BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- whom the amount is for; 0: the household
    programme TEXT NOT NULL,
    month TEXT NOT NULL,             -- to which it belongs
    division BIGINT NOT NULL,        -- where it lives now, else where it lived last
    paid_fen BIGINT NOT NULL,        -- decided back-pay and recovery of before included
    due_fen BIGINT NOT NULL,
    cause TEXT NOT NULL,             -- a value of code overpayment_cause, or 'underpaid'
    reason TEXT NOT NULL,            -- standard, facts, enrolment, death
    state TEXT NOT NULL,             -- open, decided, left, rejected, stale, listed
    decided_by TEXT NOT NULL DEFAULT '',     -- '' while open
    decided_on TEXT NOT NULL DEFAULT '',     -- a day
    words TEXT NOT NULL DEFAULT '',     -- of who decided
    batch_id BIGINT NOT NULL DEFAULT 0,     -- of the list that it is on; 0: none yet
    seq BIGINT NOT NULL DEFAULT 0,
    settled_fen BIGINT NOT NULL DEFAULT 0,     -- of a recovery: deducted so far
    PRIMARY KEY (county_code, household_id, job_id, person_id, programme, month)
) -- clustered

-- schema: arrears_line_division since 4
-- With the state: a list of one of them passes the others without looking at their rows. Millions of lines
-- are written at once, and each index more costs a third of that.
CREATE INDEX arrears_line_division ON arrears_line (county_code, job_id, division, household_id,
    person_id, programme, month, state)

-- schema: arrears_line_decided since 4
CREATE INDEX arrears_line_decided ON arrears_line (county_code, household_id, programme)
WHERE state = 'decided'

-- schema: arrears_count since 4
-- What a job found, by village and programme.
CREATE TABLE arrears_count (
    county_code BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    division BIGINT NOT NULL,
    programme TEXT NOT NULL,
    households BIGINT NOT NULL,      -- with a line
    line_rows BIGINT NOT NULL,
    backpay_fen BIGINT NOT NULL,
    recovery_fen BIGINT NOT NULL,
    left_fen BIGINT NOT NULL,
    PRIMARY KEY (county_code, job_id, division, programme)
) -- clustered

-- ---- jobs ----

-- name: arrears_job_last read
SELECT job_id FROM arrears_job WHERE county_code = $1 ORDER BY job_id DESC LIMIT 1;

-- name: arrears_same read
-- Jobs of the same question, the newest first.
SELECT job_id, state, position, rule_hash, engine, runs, next_household, households, months, line_rows,
    backpay_fen, recovery_fen, left_fen, undecided
FROM arrears_job
WHERE county_code = $1 AND state IN ('running', 'open', 'closed') AND division = $2
    AND household_id = $3 AND programme = $4 AND from_month = $5 AND upto_month = $6
ORDER BY job_id DESC LIMIT 64;

-- name: arrears_job_add write
INSERT INTO arrears_job (county_code, job_id, state, division, household_id, programme, from_month,
    upto_month, why, who, started_ms, ended_ms, position, rule_hash, engine, runs, next_household,
    households, months, line_rows, backpay_fen, recovery_fen, left_fen, undecided)
VALUES ($1, $2, 'running', $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $13, $14, 0, 0, 0, 0, 0, 0, 0, 0);

-- name: arrears_job_advance write
-- Only from where this finding stood: a second one that got here changes nothing.
UPDATE arrears_job SET next_household = $4, households = households + $5, months = months + $6,
    line_rows = line_rows + $7, backpay_fen = backpay_fen + $8, recovery_fen = recovery_fen + $9,
    left_fen = left_fen + $10, undecided = undecided + $11
WHERE county_code = $1 AND job_id = $2 AND next_household = $3 AND state = 'running';

-- name: arrears_count_add write
INSERT INTO arrears_count (county_code, job_id, division, programme, households, line_rows, backpay_fen,
    recovery_fen, left_fen)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (county_code, job_id, division, programme) DO UPDATE SET
    households = arrears_count.households + excluded.households,
    line_rows = arrears_count.line_rows + excluded.line_rows,
    backpay_fen = arrears_count.backpay_fen + excluded.backpay_fen,
    recovery_fen = arrears_count.recovery_fen + excluded.recovery_fen,
    left_fen = arrears_count.left_fen + excluded.left_fen;

-- name: arrears_job_show write
UPDATE arrears_job SET state = $3, ended_ms = $4 WHERE county_code = $1 AND job_id = $2;

-- name: arrears_job_open_lines read
SELECT 1 FROM arrears_line WHERE county_code = $1 AND state = 'open' AND job_id = $2 LIMIT 1;

-- name: arrears_make_stale write
-- What an older job found and nobody decided: the newer one says what is so now.
UPDATE arrears_line SET state = 'stale'
WHERE county_code = $1 AND job_id = $2 AND state = 'open' AND division >= $3 AND division <= $4
    AND household_id >= $5 AND household_id <= $6 AND programme >= $7 AND programme <= $8
    AND month >= $9 AND month <= $10;

-- name: arrears_jobs_open read
SELECT job_id FROM arrears_job
WHERE county_code = $1 AND state = 'open' AND job_id <> $2 ORDER BY job_id;

-- name: arrears_drop_lines write
DELETE FROM arrears_line WHERE county_code = $1 AND job_id = $2;

-- name: arrears_drop_counts write
DELETE FROM arrears_count WHERE county_code = $1 AND job_id = $2;

-- ---- what a slice is made of ----

-- name: arrears_enrolled_ids read
-- Whoever was ever enrolled, as known at any time: nobody else was ever paid.
SELECT DISTINCT household_id FROM enrolment
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3 ORDER BY household_id LIMIT $4;

-- name: arrears_enrolled_ids_past read
SELECT DISTINCT household_id FROM enrolment_past
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3 ORDER BY household_id LIMIT $4;

-- name: arrears_enrolments read
SELECT household_id, person_id, programme, valid_from, valid_to, position, CAST(0 AS BIGINT)
FROM enrolment
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_to > $4 AND valid_from <= $5
ORDER BY household_id, person_id, programme, valid_from;

-- name: arrears_enrolments_past read
SELECT household_id, person_id, programme, valid_from, valid_to, position, past_position
FROM enrolment_past
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_to > $4 AND valid_from <= $5 AND past_position > $6
ORDER BY household_id, person_id, programme, valid_from, position;

-- name: arrears_before read
-- What was found before and has been settled in one way or another.
-- `left` is written while a finding still goes on: until that is visible it settles nothing.
SELECT l.household_id, l.person_id, l.programme, l.month, l.state, l.paid_fen, l.due_fen
FROM arrears_line AS l
JOIN arrears_job AS j ON j.county_code = l.county_code AND j.job_id = l.job_id
WHERE l.county_code = $1 AND l.household_id >= $2 AND l.household_id <= $3 AND l.job_id >= 0
    AND l.month >= $4 AND l.month <= $5 AND l.state IN ('decided', 'listed', 'left', 'rejected')
    AND (l.state <> 'left' OR j.state IN ('open', 'closed'))
ORDER BY l.household_id, l.job_id, l.person_id, l.programme, l.month;

-- name: arrears_rejected read
-- Proposals that somebody rejected: for that month what is decided stays.
SELECT household_id, person_id, programme, month, amounts FROM proposal
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3 AND state = 'rejected'
    AND month >= $4 AND month <= $5
ORDER BY household_id, person_id, programme, month;

-- ---- what is paid by now ----

-- name: arrears_paid_award read
SELECT a.amount_fen FROM award AS a JOIN month_run AS m
    ON m.county_code = a.county_code AND m.month = a.month AND m.job_id = a.job_id
WHERE a.county_code = $1 AND a.month = $2 AND a.household_id = $3 AND a.person_id = $4
    AND a.programme = $5;

-- name: arrears_paid_before read
SELECT CAST(COALESCE(sum(due_fen - paid_fen), 0) AS BIGINT) FROM arrears_line
WHERE county_code = $1 AND month = $2 AND household_id = $3 AND person_id = $4 AND programme = $5
    AND state IN ('decided', 'listed');
