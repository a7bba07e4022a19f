-- Decisions on money: the amount last decided of each unit, what a run found differently (proposals),
-- and sums paid once.

-- schema: decided_amount since 2
-- What is paid from a month on. Nothing is overwritten: of the rows of one key that begin by a month,
-- the last by position holds, and by from_month among those of one change.
CREATE TABLE decided_amount (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- who it is for; 0: the household
    programme TEXT NOT NULL,
    position BIGINT NOT NULL,        -- the change that decided it
    from_month TEXT NOT NULL,
    amount_fen BIGINT NOT NULL,      -- 0: nothing from then on
    cause TEXT NOT NULL,             -- 'run 2020-12', 'case 510402-2020-000123', 'proposal 7', 'import'
    who TEXT NOT NULL,
    PRIMARY KEY (county_code, household_id, person_id, programme, position, from_month)
) -- clustered

-- schema: run_finding since 2
-- What a run has found and nobody sees until it is done: amounts that it decides (kind decide), and
-- differences from what is decided. Emptied when the run becomes visible.
CREATE TABLE run_finding (
    county_code BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    programme TEXT NOT NULL,
    kind TEXT NOT NULL,              -- decide; add, raise, cut, stop
    old_fen BIGINT NOT NULL,
    new_fen BIGINT NOT NULL,
    amounts TEXT NOT NULL,           -- as in proposal
    outcome TEXT NOT NULL,
    reasons TEXT NOT NULL,
    division BIGINT NOT NULL,
    PRIMARY KEY (county_code, job_id, household_id, person_id, programme, kind)
) -- clustered

-- schema: proposal since 2
-- A month's result that differs from the amount decided: at most one open for a unit and programme.
CREATE TABLE proposal (
    county_code BIGINT NOT NULL,
    proposal_id BIGINT NOT NULL,
    month TEXT NOT NULL,             -- first found for it; an acceptance decides from it on
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- the enrolled unit; 0: the household
    programme TEXT NOT NULL,
    kind TEXT NOT NULL,              -- add, raise, cut, stop
    old_fen BIGINT NOT NULL,         -- decided, all lines of the unit; else what was paid last
    new_fen BIGINT NOT NULL,
    difference BIGINT NOT NULL,      -- of the two, without sign
    amounts TEXT NOT NULL,           -- the lines of new_fen: '0=28000', '1001=60000+2001=60000'
    outcome TEXT NOT NULL,           -- the outcome's name; 'gone': the unit is there no more
    reasons TEXT NOT NULL,           -- names joined by '+'
    division BIGINT NOT NULL,        -- where the household lived
    state TEXT NOT NULL,             -- open, accepted, rejected, void
    batch BIGINT NOT NULL,           -- 1: many of its kind, one task for all
    job_id BIGINT NOT NULL,          -- the last run that found it
    seen TEXT NOT NULL,              -- and that run's month
    decided_by TEXT NOT NULL,        -- '' while open
    decided_on TEXT NOT NULL,        -- a day
    words TEXT NOT NULL,             -- of who decided
    PRIMARY KEY (county_code, proposal_id)
) -- clustered

-- schema: proposal_open since 2
CREATE UNIQUE INDEX proposal_open ON proposal (county_code, household_id, person_id, programme)
WHERE state = 'open'

-- schema: proposal_household since 2
CREATE INDEX proposal_household ON proposal (county_code, household_id, state, seen)

-- schema: proposal_state since 2
CREATE INDEX proposal_state ON proposal (county_code, state, proposal_id)

-- schema: proposal_difference since 2
CREATE INDEX proposal_difference ON proposal (county_code, state, difference, proposal_id)

-- schema: proposal_division since 2
CREATE INDEX proposal_division ON proposal (county_code, state, division, proposal_id)

-- schema: proposal_job since 2
CREATE INDEX proposal_job ON proposal (county_code, job_id, state, division, programme)

-- schema: proposal_group since 2
CREATE INDEX proposal_group ON proposal (county_code, state, programme, kind, batch, seen)

-- schema: run_order since 2
-- Runs that were asked for at the server: what is open is gone on with when it starts again. Kept with
-- the city's own code.
CREATE TABLE run_order (
    county_code BIGINT NOT NULL,
    month TEXT NOT NULL,
    division BIGINT NOT NULL,        -- a county's; 0: the whole city
    decide TEXT NOT NULL,
    who TEXT NOT NULL,               -- login
    state TEXT NOT NULL,             -- open, done, failed
    started_ms BIGINT NOT NULL,
    total BIGINT NOT NULL,           -- households to be done, as far as one could tell
    error TEXT NOT NULL,             -- why it failed
    PRIMARY KEY (county_code, month, division)
) -- clustered

-- schema: one_off since 2
-- One sum for a month beside its list: paid once only.
CREATE TABLE one_off (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- 0: to the household
    programme TEXT NOT NULL,
    month TEXT NOT NULL,
    kind TEXT NOT NULL,              -- 'once'
    amount_fen BIGINT NOT NULL,
    cause TEXT NOT NULL,
    account_id BIGINT NOT NULL,      -- whose card; 0: the head's
    paid_on TEXT NOT NULL,           -- a day
    paid_ms BIGINT NOT NULL,
    who TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (county_code, household_id, person_id, programme, month, kind)
) -- clustered

-- ---- what is decided ----

-- name: run_decided read
-- Of one key the last row holds.
SELECT household_id, person_id, programme, amount_fen FROM decided_amount
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND from_month <= $4 AND position <= $5
ORDER BY household_id, person_id, programme, position, from_month;

-- name: decided_put write
INSERT INTO decided_amount (county_code, household_id, person_id, programme, position, from_month,
    amount_fen, cause, who)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (county_code, household_id, person_id, programme, position, from_month) DO UPDATE SET
    amount_fen = excluded.amount_fen, cause = excluded.cause;

-- name: decided_lines read
-- The lines of one programme in a household.
SELECT person_id, amount_fen FROM decided_amount
WHERE county_code = $1 AND household_id = $2 AND programme = $3 AND from_month <= $4
ORDER BY person_id, position, from_month;

-- ---- what a run found, made known with it ----

-- name: run_drop_findings write
DELETE FROM run_finding WHERE county_code = $1 AND job_id = $2;

-- name: run_void_single read
-- Open proposals with a task of their own that this run does not find any more.
SELECT p.proposal_id, p.programme, p.kind FROM proposal AS p
WHERE p.county_code = $1 AND p.state = 'open' AND p.batch = 0 AND p.seen <= $3
    AND p.division >= $4 AND p.division <= $5
    AND NOT EXISTS (SELECT 1 FROM run_finding AS f WHERE f.county_code = p.county_code
        AND f.job_id = $2 AND f.household_id = p.household_id AND f.person_id = p.person_id
        AND f.programme = p.programme AND f.kind = p.kind AND f.amounts = p.amounts)
ORDER BY p.division, p.proposal_id;

-- name: run_void_touch write
-- Of an earlier month, not found by this one: whether they still hold is looked at again.
INSERT INTO touched (county_code, household_id, position, since_ms, error)
SELECT DISTINCT p.county_code, p.household_id, CAST($6 AS BIGINT), CAST($7 AS BIGINT), ''
FROM proposal AS p
WHERE p.county_code = $1 AND p.state = 'open' AND p.seen < $3
    AND p.division >= $4 AND p.division <= $5
    AND NOT EXISTS (SELECT 1 FROM run_finding AS f WHERE f.county_code = p.county_code
        AND f.job_id = $2 AND f.household_id = p.household_id AND f.person_id = p.person_id
        AND f.programme = p.programme AND f.kind = p.kind AND f.amounts = p.amounts)
ON CONFLICT (county_code, household_id) DO UPDATE
SET position = excluded.position, error = '';

-- name: run_void write
UPDATE proposal SET state = 'void'
WHERE county_code = $1 AND state = 'open' AND seen <= $3 AND division >= $4 AND division <= $5
    AND NOT EXISTS (SELECT 1 FROM run_finding AS f WHERE f.county_code = proposal.county_code
        AND f.job_id = $2 AND f.household_id = proposal.household_id
        AND f.person_id = proposal.person_id AND f.programme = proposal.programme
        AND f.kind = proposal.kind AND f.amounts = proposal.amounts);

-- name: run_keep write
UPDATE proposal SET job_id = $2, seen = $3, old_fen = f.old_fen,
    difference = CASE WHEN f.new_fen > f.old_fen THEN f.new_fen - f.old_fen
        ELSE f.old_fen - f.new_fen END,
    outcome = f.outcome, reasons = f.reasons, division = f.division
FROM run_finding AS f
WHERE proposal.county_code = $1 AND proposal.state = 'open' AND proposal.seen <= $3
    AND f.county_code = proposal.county_code AND f.job_id = $2
    AND f.household_id = proposal.household_id AND f.person_id = proposal.person_id
    AND f.programme = proposal.programme AND f.kind = proposal.kind AND f.amounts = proposal.amounts;

-- name: run_propose write
-- Not what was rejected for the same month, nor what was decided while the run went on.
INSERT INTO proposal (county_code, proposal_id, month, household_id, person_id, programme, kind,
    old_fen, new_fen, difference, amounts, outcome, reasons, division, state, batch, job_id, seen,
    decided_by, decided_on, words)
SELECT f.county_code, CAST($4 AS BIGINT) + row_number() OVER
        (ORDER BY f.household_id, f.person_id, f.programme),
    CAST($3 AS TEXT), f.household_id, f.person_id, f.programme, f.kind, f.old_fen, f.new_fen,
    CASE WHEN f.new_fen > f.old_fen THEN f.new_fen - f.old_fen ELSE f.old_fen - f.new_fen END,
    f.amounts, f.outcome, f.reasons, f.division, 'open', 0, f.job_id, CAST($3 AS TEXT), '', '', ''
FROM run_finding AS f
WHERE f.county_code = $1 AND f.job_id = $2 AND f.kind <> 'decide'
    AND NOT EXISTS (SELECT 1 FROM proposal AS p WHERE p.county_code = f.county_code
        AND p.household_id = f.household_id AND p.person_id = f.person_id
        AND p.programme = f.programme AND p.state = 'open')
    AND NOT EXISTS (SELECT 1 FROM proposal AS r WHERE r.county_code = f.county_code
        AND r.household_id = f.household_id AND r.person_id = f.person_id
        AND r.programme = f.programme AND r.state = 'rejected' AND r.seen >= $3
        AND r.month <= $3 AND r.kind = f.kind AND r.amounts = f.amounts)
    AND NOT EXISTS (SELECT 1 FROM decided_amount AS d WHERE d.county_code = f.county_code
        AND d.household_id = f.household_id AND d.programme = f.programme AND d.position > $5);

-- name: run_decide write
INSERT INTO decided_amount (county_code, household_id, person_id, programme, position, from_month,
    amount_fen, cause, who)
SELECT f.county_code, f.household_id, f.person_id, f.programme, CAST($4 AS BIGINT),
    CAST($3 AS TEXT), f.new_fen, CAST($6 AS TEXT), CAST($7 AS TEXT)
FROM run_finding AS f
WHERE f.county_code = $1 AND f.job_id = $2 AND f.kind = 'decide'
    AND NOT EXISTS (SELECT 1 FROM decided_amount AS d WHERE d.county_code = f.county_code
        AND d.household_id = f.household_id AND d.programme = f.programme AND d.position > $5);

-- ---- proposals ----
-- seen >= '': SQLite would take the primary key's first column before an index of equalities alone.

-- name: proposal_last read
SELECT proposal_id FROM proposal WHERE county_code = $1 ORDER BY proposal_id DESC LIMIT 1;

-- name: proposal_groups read
-- What stands open, by programme and kind; how many of it belong to a batch.
SELECT programme, kind, count(*), CAST(sum(batch) AS BIGINT) FROM proposal
WHERE county_code = $1 AND state = 'open' GROUP BY programme, kind ORDER BY programme, kind;

-- name: proposal_group read
-- One of them: how many belong to a batch, and the last month that they were found for.
SELECT count(*), max(seen) FROM proposal
WHERE county_code = $1 AND state = 'open' AND programme = $2 AND kind = $3 AND batch = 1
    AND seen >= '';

-- name: proposal_batch_group write
UPDATE proposal SET batch = 1
WHERE county_code = $1 AND state = 'open' AND programme = $2 AND kind = $3 AND batch = 0;

-- name: proposal_singles read
SELECT proposal_id, household_id, person_id FROM proposal
WHERE county_code = $1 AND state = 'open' AND programme = $2 AND kind = $3 AND batch = 0
    AND seen >= ''
ORDER BY seen, proposal_id;

-- name: proposal_count_of_job read
SELECT programme, count(*) FROM proposal
WHERE county_code = $1 AND job_id = $2 AND state = 'open' AND division >= $3 AND division <= $4
GROUP BY programme ORDER BY programme;

-- name: proposal_find read
SELECT p.proposal_id, p.month, p.household_id, p.person_id, p.programme, p.kind, p.old_fen,
    p.new_fen, p.difference, p.amounts, p.outcome, p.reasons, p.division, p.state, p.batch, p.job_id,
    p.decided_by, p.decided_on, p.words
FROM proposal AS p WHERE p.county_code = $1 AND p.proposal_id = $2;

-- name: proposal_settle write
UPDATE proposal SET state = $3, decided_by = $4, decided_on = $5, words = $6
WHERE county_code = $1 AND proposal_id = $2 AND state = 'open';

-- name: proposal_enrolment read
SELECT valid_from, cause, account_id FROM enrolment
WHERE county_code = $1 AND household_id = $2 AND person_id = $3 AND programme = $4 AND valid_to > $5
ORDER BY valid_from;

-- name: proposal_head read
SELECT p.person_id, p.name FROM household AS h
JOIN person AS p ON p.county_code = h.county_code AND p.person_id = h.head_id
WHERE h.county_code = $1 AND h.household_id = $2 ORDER BY h.valid_from DESC LIMIT 1;

-- name: proposal_person read
SELECT name FROM person WHERE county_code = $1 AND person_id = $2;

-- Lists of one county and state, behind a key: $11 the value, $12 the id, at most $13. Filters are
-- ranges, so that one that is not given takes everything.

-- name: proposal_by_id read
SELECT p.proposal_id, p.month, p.household_id, p.person_id, p.programme, p.kind, p.old_fen,
    p.new_fen, p.difference, p.amounts, p.outcome, p.reasons, p.division, p.state, p.batch, p.job_id,
    p.decided_by, p.decided_on, p.words
FROM proposal AS p
WHERE p.county_code = $1 AND p.state = $2 AND p.month >= $3 AND p.month <= $4 AND p.programme >= $5 AND p.programme <= $6
    AND p.kind >= $7 AND p.kind <= $8 AND p.division >= $9 AND p.division <= $10
    AND (p.proposal_id, p.proposal_id) > ($11, $12)
ORDER BY p.proposal_id LIMIT $13;

-- name: proposal_by_id_down read
SELECT p.proposal_id, p.month, p.household_id, p.person_id, p.programme, p.kind, p.old_fen,
    p.new_fen, p.difference, p.amounts, p.outcome, p.reasons, p.division, p.state, p.batch, p.job_id,
    p.decided_by, p.decided_on, p.words
FROM proposal AS p
WHERE p.county_code = $1 AND p.state = $2 AND p.month >= $3 AND p.month <= $4 AND p.programme >= $5 AND p.programme <= $6
    AND p.kind >= $7 AND p.kind <= $8 AND p.division >= $9 AND p.division <= $10
    AND (p.proposal_id, p.proposal_id) < ($11, $12)
ORDER BY p.proposal_id DESC LIMIT $13;

-- name: proposal_by_difference read
SELECT p.proposal_id, p.month, p.household_id, p.person_id, p.programme, p.kind, p.old_fen,
    p.new_fen, p.difference, p.amounts, p.outcome, p.reasons, p.division, p.state, p.batch, p.job_id,
    p.decided_by, p.decided_on, p.words
FROM proposal AS p
WHERE p.county_code = $1 AND p.state = $2 AND p.month >= $3 AND p.month <= $4 AND p.programme >= $5 AND p.programme <= $6
    AND p.kind >= $7 AND p.kind <= $8 AND p.division >= $9 AND p.division <= $10
    AND (p.difference, p.proposal_id) > ($11, $12)
ORDER BY p.difference, p.proposal_id LIMIT $13;

-- name: proposal_by_difference_down read
SELECT p.proposal_id, p.month, p.household_id, p.person_id, p.programme, p.kind, p.old_fen,
    p.new_fen, p.difference, p.amounts, p.outcome, p.reasons, p.division, p.state, p.batch, p.job_id,
    p.decided_by, p.decided_on, p.words
FROM proposal AS p
WHERE p.county_code = $1 AND p.state = $2 AND p.month >= $3 AND p.month <= $4 AND p.programme >= $5 AND p.programme <= $6
    AND p.kind >= $7 AND p.kind <= $8 AND p.division >= $9 AND p.division <= $10
    AND (p.difference, p.proposal_id) < ($11, $12)
ORDER BY p.difference DESC, p.proposal_id DESC LIMIT $13;

-- name: proposal_by_division read
SELECT p.proposal_id, p.month, p.household_id, p.person_id, p.programme, p.kind, p.old_fen,
    p.new_fen, p.difference, p.amounts, p.outcome, p.reasons, p.division, p.state, p.batch, p.job_id,
    p.decided_by, p.decided_on, p.words
FROM proposal AS p
WHERE p.county_code = $1 AND p.state = $2 AND p.month >= $3 AND p.month <= $4 AND p.programme >= $5 AND p.programme <= $6
    AND p.kind >= $7 AND p.kind <= $8 AND p.division >= $9 AND p.division <= $10
    AND (p.division, p.proposal_id) > ($11, $12)
ORDER BY p.division, p.proposal_id LIMIT $13;

-- name: proposal_by_division_down read
SELECT p.proposal_id, p.month, p.household_id, p.person_id, p.programme, p.kind, p.old_fen,
    p.new_fen, p.difference, p.amounts, p.outcome, p.reasons, p.division, p.state, p.batch, p.job_id,
    p.decided_by, p.decided_on, p.words
FROM proposal AS p
WHERE p.county_code = $1 AND p.state = $2 AND p.month >= $3 AND p.month <= $4 AND p.programme >= $5 AND p.programme <= $6
    AND p.kind >= $7 AND p.kind <= $8 AND p.division >= $9 AND p.division <= $10
    AND (p.division, p.proposal_id) < ($11, $12)
ORDER BY p.division DESC, p.proposal_id DESC LIMIT $13;

-- name: proposal_count read
SELECT count(*) FROM (SELECT 1 AS one FROM proposal AS p
    WHERE p.county_code = $1 AND p.state = $2 AND p.month >= $3 AND p.month <= $4 AND p.programme >= $5 AND p.programme <= $6
    AND p.kind >= $7 AND p.kind <= $8 AND p.division >= $9 AND p.division <= $10
    LIMIT $11) AS n;

-- name: proposal_sums read
-- $11: how many division codes a part takes.
SELECT (p.division / CAST($11 AS BIGINT)) * CAST($11 AS BIGINT), p.programme, p.kind, count(*),
    CAST(sum(p.old_fen) AS BIGINT), CAST(sum(p.new_fen) AS BIGINT)
FROM proposal AS p
WHERE p.county_code = $1 AND p.state = $2 AND p.month >= $3 AND p.month <= $4 AND p.programme >= $5 AND p.programme <= $6
    AND p.kind >= $7 AND p.kind <= $8 AND p.division >= $9 AND p.division <= $10
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- ---- sums paid once ----

-- name: one_off_find read
SELECT amount_fen, cause, paid_on FROM one_off
WHERE county_code = $1 AND household_id = $2 AND person_id = $3 AND programme = $4 AND month = $5
    AND kind = $6;

-- name: one_off_add write
INSERT INTO one_off (county_code, household_id, person_id, programme, month, kind, amount_fen, cause,
    account_id, paid_on, paid_ms, who, position)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: one_off_of read
SELECT person_id, programme, month, amount_fen, cause, paid_on, who FROM one_off
WHERE county_code = $1 AND household_id = $2 ORDER BY month DESC, programme, person_id;

-- name: awards_of read
-- Of the runs that are visible, the newest month first. CROSS: month by month, not all awards.
SELECT a.month, a.person_id, a.programme, a.amount_fen, a.ground
FROM month_run AS m CROSS JOIN award AS a
WHERE m.county_code = $1 AND a.county_code = m.county_code AND a.month = m.month
    AND a.household_id = $2 AND a.job_id = m.job_id
ORDER BY a.month DESC, a.programme, a.person_id LIMIT $3;

-- ---- months and orders ----

-- name: months_visible read
SELECT m.month, j.job_id, j.started_ms, j.ended_ms, j.position, j.engine, j.decide, j.division
FROM month_run AS m JOIN run_job AS j ON j.county_code = m.county_code AND j.job_id = m.job_id
WHERE m.county_code = $1 ORDER BY m.month DESC LIMIT $2;

-- name: months_unfinished read
SELECT month, job_id, started_ms, ended_ms, position, engine, decide, division FROM run_job
WHERE county_code = $1 AND state = 'running' ORDER BY month DESC, job_id DESC;

-- name: month_households read
SELECT CAST(COALESCE(sum(households), 0) AS BIGINT) FROM run_slice
WHERE county_code = $1 AND job_id = $2;

-- name: month_fen read
SELECT CAST(COALESCE(sum(amount_fen), 0) AS BIGINT) FROM run_count
WHERE county_code = $1 AND job_id = $2 AND division >= $3 AND division <= $4;

-- name: month_proposals read
SELECT count(*) FROM proposal
WHERE county_code = $1 AND job_id = $2 AND state = 'open' AND division >= $3 AND division <= $4;

-- name: county_households read
SELECT count(*) FROM household
WHERE county_code = $1 AND valid_from <= $2 AND valid_to > $2;

-- name: run_order_put write
INSERT INTO run_order (county_code, month, division, decide, who, state, started_ms, total, error)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (county_code, month, division) DO UPDATE SET
    decide = excluded.decide, who = excluded.who, state = excluded.state,
    started_ms = excluded.started_ms, total = excluded.total, error = excluded.error;

-- name: run_orders read
SELECT month, division, decide, who, state, started_ms, total, error FROM run_order
WHERE county_code = $1 ORDER BY started_ms DESC, month LIMIT $2;
