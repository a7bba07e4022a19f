-- The month: runs, determinations, awards and the list of payments. Rows of a run carry its job
-- number and are read by nobody until month_run names that job.

-- schema: run_job
CREATE TABLE run_job (
    county_code BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    month TEXT NOT NULL,
    state TEXT NOT NULL,             -- running, done, replaced, dropped
    position BIGINT NOT NULL,        -- the change position that it reads at
    rule_hash TEXT NOT NULL,
    engine TEXT NOT NULL,            -- the engine's semantic version
    who TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    next_household BIGINT NOT NULL,  -- where it goes on: the first household not yet done
    digest BYTEA NOT NULL,           -- SM3 chain over the results of the slices so far
    division BIGINT NOT NULL DEFAULT 0, -- only those living below it; 0: the whole county
    since BIGINT NOT NULL DEFAULT 0, -- oldest position of what it took over; 0: all is its own
    last_job BIGINT NOT NULL DEFAULT 0, -- whose amounts are "paid last month"; 0: there is none
    PRIMARY KEY (county_code, job_id)
) -- clustered

-- schema: run_job_decide since 2
-- Whether what a run found counts as decided: none, first, all; past: a month that was taken over.
ALTER TABLE run_job ADD COLUMN decide TEXT NOT NULL DEFAULT 'all'

-- schema: run_job_ended since 2
-- When it became visible; 0: not yet, or by an older program.
ALTER TABLE run_job ADD COLUMN ended_ms BIGINT NOT NULL DEFAULT 0

-- schema: run_change
-- The changes that runs made: all others since a run's position may have changed what it read.
CREATE TABLE run_change (
    county_code BIGINT NOT NULL,
    position BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    PRIMARY KEY (county_code, position)
) -- clustered

-- schema: month_run
-- The run whose results are a county's month. Changing this row makes a finished run visible.
CREATE TABLE month_run (
    county_code BIGINT NOT NULL,
    month TEXT NOT NULL,
    job_id BIGINT NOT NULL,
    PRIMARY KEY (county_code, month)
) -- clustered

-- schema: run_slice
-- For everybody: count and hash of the results of a run of households.
CREATE TABLE run_slice (
    county_code BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    first_household BIGINT NOT NULL,
    last_household BIGINT NOT NULL,
    households BIGINT NOT NULL,
    persons BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (county_code, job_id, first_household)
) -- clustered

-- schema: determination
-- One a month for each enrolled household or person and programme (and whenever a result is kept).
CREATE TABLE determination (
    county_code BIGINT NOT NULL,
    month TEXT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- 0: the household
    programme TEXT NOT NULL,
    job_id BIGINT NOT NULL,
    outcome TEXT NOT NULL,           -- the outcome's name, or 'undecided'
    reasons TEXT NOT NULL,           -- names joined by '+'
    amount_fen BIGINT,               -- to the household itself (or the person); null: open
    carried TEXT NOT NULL,           -- what next month takes over: 'first_month_above=2020-09',
                                     -- several joined by '+'; '' nothing
    input_hash BYTEA NOT NULL,       -- SM3 of inputs and result, see docs/determination-hash.md
    made_by BIGINT NOT NULL DEFAULT 0, -- the job that determined it, when it was taken over; 0: this
    PRIMARY KEY (county_code, month, household_id, person_id, programme, job_id)
) -- clustered

-- schema: award
-- The amount decided for a month of an enrolment.
CREATE TABLE award (
    county_code BIGINT NOT NULL,
    month TEXT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- 0: to the household
    programme TEXT NOT NULL,
    job_id BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    ground TEXT NOT NULL,            -- 'decided'; 'determined' where the run itself decides; 'kept'
                                     -- while the household is undecided
    who TEXT NOT NULL,               -- decided by
    PRIMARY KEY (county_code, month, household_id, person_id, programme, job_id)
) -- clustered

-- schema: payment
-- A line of the month's list: one payee, programme and month.
CREATE TABLE payment (
    county_code BIGINT NOT NULL,
    month TEXT NOT NULL,
    household_id BIGINT NOT NULL,
    payee_id BIGINT NOT NULL,        -- the person whose account is paid
    programme TEXT NOT NULL,
    kind TEXT NOT NULL,              -- 'month'
    job_id BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    PRIMARY KEY (county_code, month, household_id, payee_id, programme, kind, job_id)
) -- clustered

-- schema: run_count
-- What a run found, by village and programme.
CREATE TABLE run_count (
    county_code BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    division BIGINT NOT NULL,
    programme TEXT NOT NULL,
    households BIGINT NOT NULL,      -- awarded
    persons BIGINT NOT NULL,         -- in awarded households' units, or awarded persons
    amount_fen BIGINT NOT NULL,
    not_enrolled BIGINT NOT NULL,    -- qualifies, not enrolled
    no_more BIGINT NOT NULL,         -- enrolled, qualifies no more
    undecided BIGINT NOT NULL,
    PRIMARY KEY (county_code, job_id, division, programme)
) -- clustered

-- schema: run_count_payments since 3
-- Payment lines of those living there.
ALTER TABLE run_count ADD COLUMN payments BIGINT NOT NULL DEFAULT 0

-- schema: run_count_began since 3
-- Households by kind of award_change: began is new, ended is gone.
ALTER TABLE run_count ADD COLUMN began BIGINT NOT NULL DEFAULT 0

-- schema: run_count_ended since 3
ALTER TABLE run_count ADD COLUMN ended BIGINT NOT NULL DEFAULT 0

-- schema: run_count_more since 3
ALTER TABLE run_count ADD COLUMN more BIGINT NOT NULL DEFAULT 0

-- schema: run_count_less since 3
ALTER TABLE run_count ADD COLUMN less BIGINT NOT NULL DEFAULT 0

-- schema: run_count_other since 3
ALTER TABLE run_count ADD COLUMN other BIGINT NOT NULL DEFAULT 0

-- schema: run_count_came since 3
ALTER TABLE run_count ADD COLUMN came BIGINT NOT NULL DEFAULT 0

-- schema: run_count_went since 3
ALTER TABLE run_count ADD COLUMN went BIGINT NOT NULL DEFAULT 0

-- schema: payment_division_column since 3
-- Where the household lived on the first of the month; 0: run by an older program.
ALTER TABLE payment ADD COLUMN division BIGINT NOT NULL DEFAULT 0

-- schema: payment_division since 3
CREATE INDEX payment_division ON payment (county_code, job_id, division, household_id, programme,
    payee_id, kind)

-- ---- jobs ----

-- name: run_visible read
SELECT j.job_id, j.position, j.rule_hash, j.engine, j.division, j.last_job, j.since, j.decide
FROM month_run AS m JOIN run_job AS j ON j.county_code = m.county_code AND j.job_id = m.job_id
WHERE m.county_code = $1 AND m.month = $2;

-- name: run_running read
SELECT job_id, position, rule_hash, engine, division, last_job, who, next_household, digest, decide
FROM run_job WHERE county_code = $1 AND month = $2 AND state = 'running' ORDER BY job_id DESC;

-- name: run_job_find read
SELECT position, rule_hash, engine, last_job, decide FROM run_job WHERE county_code = $1 AND job_id = $2;

-- name: run_job_last read
SELECT job_id FROM run_job WHERE county_code = $1 ORDER BY job_id DESC LIMIT 1;

-- name: run_job_add write
INSERT INTO run_job (county_code, job_id, month, state, position, rule_hash, engine, who, started_ms,
    next_household, digest, division, last_job, since, decide)
VALUES ($1, $2, $3, 'running', $4, $5, $6, $7, $8, 0, $9, $10, $11, $12, $13);

-- name: run_job_advance write
-- Only from where this run stood: a second one that got here changes nothing.
UPDATE run_job SET next_household = $4, digest = $5
WHERE county_code = $1 AND job_id = $2 AND next_household = $3 AND state = 'running';

-- name: run_job_state write
UPDATE run_job SET state = $3 WHERE county_code = $1 AND job_id = $2;

-- name: run_job_done write
UPDATE run_job SET state = 'done', ended_ms = $3 WHERE county_code = $1 AND job_id = $2;

-- name: run_month_put write
INSERT INTO month_run (county_code, month, job_id) VALUES ($1, $2, $3)
ON CONFLICT (county_code, month) DO UPDATE SET job_id = excluded.job_id;

-- name: run_change_add write
INSERT INTO run_change (county_code, position, job_id) VALUES ($1, $2, $3);

-- name: run_change_count read
SELECT count(*) FROM run_change WHERE county_code = $1 AND position > $2;

-- name: run_lock read
-- For as long as the session lives. SQLite has a lock on a file instead.
SELECT CAST($1 AS BIGINT);
-- dialect: pg SQLite has no locks of a session
SELECT CASE WHEN pg_try_advisory_lock(CAST($1 AS BIGINT)) THEN 1 ELSE 0 END;

-- name: run_unlock read
SELECT CAST($1 AS BIGINT);
-- dialect: pg SQLite has no locks of a session
SELECT CASE WHEN pg_advisory_unlock(CAST($1 AS BIGINT)) THEN 1 ELSE 0 END;

-- ---- a job that is given up leaves nothing ----

-- name: run_drop_determinations write
DELETE FROM determination WHERE county_code = $1 AND month = $2 AND job_id = $3;

-- name: run_drop_awards write
DELETE FROM award WHERE county_code = $1 AND month = $2 AND job_id = $3;

-- name: run_drop_payments write
DELETE FROM payment WHERE county_code = $1 AND month = $2 AND job_id = $3;

-- name: run_drop_slices write
DELETE FROM run_slice WHERE county_code = $1 AND job_id = $2;

-- name: run_drop_counts write
DELETE FROM run_count WHERE county_code = $1 AND job_id = $2;

-- ---- what a slice is determined from, besides facts ----

-- name: run_enrolments read
SELECT household_id, person_id, programme, account_id FROM enrolment
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_from <= $4 AND valid_to > $4 AND position <= $5
UNION ALL
SELECT household_id, person_id, programme, account_id FROM enrolment_past
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_from <= $4 AND valid_to > $4 AND position <= $5 AND past_position > $5
ORDER BY household_id, person_id, programme;

-- name: run_last_awards read
SELECT household_id, person_id, programme, amount_fen FROM award
WHERE county_code = $1 AND month = $2 AND household_id >= $3 AND household_id <= $4 AND job_id = $5
ORDER BY household_id, person_id, programme;

-- name: run_last_carried read
SELECT household_id, person_id, programme, carried FROM determination
WHERE county_code = $1 AND month = $2 AND household_id >= $3 AND household_id <= $4 AND job_id = $5
    AND carried <> ''
ORDER BY household_id, person_id, programme;

-- ---- what a slice gives ----

-- name: run_slice_add write
INSERT INTO run_slice (county_code, job_id, first_household, last_household, households, persons, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: run_count_add write
INSERT INTO run_count (county_code, job_id, division, programme, households, persons, amount_fen,
    not_enrolled, no_more, undecided, payments)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (county_code, job_id, division, programme) DO UPDATE SET
    households = run_count.households + excluded.households,
    persons = run_count.persons + excluded.persons,
    amount_fen = run_count.amount_fen + excluded.amount_fen,
    not_enrolled = run_count.not_enrolled + excluded.not_enrolled,
    no_more = run_count.no_more + excluded.no_more,
    undecided = run_count.undecided + excluded.undecided,
    payments = run_count.payments + excluded.payments;

-- ---- what stands in the store ----

-- name: run_counts read
SELECT c.programme, CAST(sum(c.households) AS BIGINT), CAST(sum(c.persons) AS BIGINT),
    CAST(sum(c.amount_fen) AS BIGINT), CAST(sum(c.not_enrolled) AS BIGINT),
    CAST(sum(c.no_more) AS BIGINT), CAST(sum(c.undecided) AS BIGINT), CAST(sum(c.payments) AS BIGINT)
FROM run_count AS c
WHERE c.county_code = $1 AND c.job_id = $2 AND c.division >= $3 AND c.division <= $4
GROUP BY c.programme ORDER BY c.programme;

-- name: run_payments read
SELECT count(*), CAST(COALESCE(sum(amount_fen), 0) AS BIGINT) FROM payment
WHERE county_code = $1 AND month = $2 AND job_id = $3;

-- name: run_determinations_of read
SELECT person_id, programme, outcome, reasons, amount_fen, carried, input_hash, made_by
FROM determination WHERE county_code = $1 AND month = $2 AND household_id = $3 AND job_id = $4
ORDER BY programme, person_id;

-- name: run_awards_of read
SELECT person_id, programme, amount_fen, ground FROM award
WHERE county_code = $1 AND month = $2 AND household_id = $3 AND job_id = $4
ORDER BY programme, person_id;

-- ---- a run of a part of a county takes the rest over from the run that stands ----

-- name: run_crossed read
-- Households that were recorded within the part at one of two positions and outside at the other.
SELECT t.household_id FROM (
    SELECT h.household_id AS household_id,
        CASE WHEN h.division >= $5 AND h.division <= $6 THEN 1 ELSE 0 END AS inside
    FROM household AS h
    WHERE h.county_code = $1 AND h.valid_from <= $2 AND h.valid_to > $2
        AND h.position > $3 AND h.position <= $4
    UNION ALL
    SELECT p.household_id AS household_id,
        CASE WHEN p.division >= $5 AND p.division <= $6 THEN 1 ELSE 0 END AS inside
    FROM household_past AS p
    WHERE p.county_code = $1 AND p.valid_from <= $2 AND p.valid_to > $2
        AND p.past_position > $3 AND p.position <= $4
) AS t
GROUP BY t.household_id HAVING min(t.inside) <> max(t.inside) ORDER BY t.household_id LIMIT 1;

-- name: run_take_determinations write
INSERT INTO determination (county_code, month, household_id, person_id, programme, job_id, outcome,
    reasons, amount_fen, carried, input_hash, made_by)
SELECT d.county_code, d.month, d.household_id, d.person_id, d.programme, CAST($4 AS BIGINT),
    d.outcome, d.reasons, d.amount_fen, d.carried, d.input_hash,
    CASE WHEN d.made_by = 0 THEN d.job_id ELSE d.made_by END
FROM determination AS d
WHERE d.county_code = $1 AND d.month = $2 AND d.job_id = $3
    AND NOT EXISTS (SELECT 1 FROM household AS h WHERE h.county_code = d.county_code
        AND h.household_id = d.household_id AND h.valid_from <= $7 AND h.valid_to > $7
        AND h.division >= $5 AND h.division <= $6 AND h.position <= $8)
    AND NOT EXISTS (SELECT 1 FROM household_past AS p WHERE p.county_code = d.county_code
        AND p.household_id = d.household_id AND p.valid_from <= $7 AND p.valid_to > $7
        AND p.division >= $5 AND p.division <= $6 AND p.past_position > $9);

-- name: run_take_awards write
INSERT INTO award (county_code, month, household_id, person_id, programme, job_id, amount_fen,
    ground, who)
SELECT d.county_code, d.month, d.household_id, d.person_id, d.programme, CAST($4 AS BIGINT),
    d.amount_fen, d.ground, d.who
FROM award AS d
WHERE d.county_code = $1 AND d.month = $2 AND d.job_id = $3
    AND NOT EXISTS (SELECT 1 FROM household AS h WHERE h.county_code = d.county_code
        AND h.household_id = d.household_id AND h.valid_from <= $7 AND h.valid_to > $7
        AND h.division >= $5 AND h.division <= $6 AND h.position <= $8)
    AND NOT EXISTS (SELECT 1 FROM household_past AS p WHERE p.county_code = d.county_code
        AND p.household_id = d.household_id AND p.valid_from <= $7 AND p.valid_to > $7
        AND p.division >= $5 AND p.division <= $6 AND p.past_position > $9);

-- name: run_take_payments write
INSERT INTO payment (county_code, month, household_id, payee_id, programme, kind, job_id, amount_fen,
    division)
SELECT d.county_code, d.month, d.household_id, d.payee_id, d.programme, d.kind, CAST($4 AS BIGINT),
    d.amount_fen, d.division
FROM payment AS d
WHERE d.county_code = $1 AND d.month = $2 AND d.job_id = $3
    AND NOT EXISTS (SELECT 1 FROM household AS h WHERE h.county_code = d.county_code
        AND h.household_id = d.household_id AND h.valid_from <= $7 AND h.valid_to > $7
        AND h.division >= $5 AND h.division <= $6 AND h.position <= $8)
    AND NOT EXISTS (SELECT 1 FROM household_past AS p WHERE p.county_code = d.county_code
        AND p.household_id = d.household_id AND p.valid_from <= $7 AND p.valid_to > $7
        AND p.division >= $5 AND p.division <= $6 AND p.past_position > $9);

-- name: run_take_counts write
INSERT INTO run_count (county_code, job_id, division, programme, households, persons, amount_fen,
    not_enrolled, no_more, undecided, payments)
SELECT c.county_code, CAST($3 AS BIGINT), c.division, c.programme, c.households, c.persons,
    c.amount_fen, c.not_enrolled, c.no_more, c.undecided, c.payments
FROM run_count AS c
WHERE c.county_code = $1 AND c.job_id = $2 AND (c.division < $4 OR c.division > $5);
