-- What each household comes to now, kept up to date by continuous determination (continuous.h): results
-- of the enrolled and of those who qualify, rights that nobody claims, and passes over everybody.

-- schema: present_household since 4
-- Households that were determined one by one since the last pass over everybody, and at which position.
CREATE TABLE present_household (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    position BIGINT NOT NULL,        -- what was believed then
    month TEXT NOT NULL,             -- the month at hand
    at_ms BIGINT NOT NULL,           -- when it was stored
    PRIMARY KEY (county_code, household_id)
) -- clustered

-- schema: present_household_position since 4
CREATE INDEX present_household_position ON present_household (county_code, position)

-- schema: present_determination since 4
-- The result of each unit that is enrolled or qualifies, for the month at hand; for the month after it
-- only where it differs from that.
CREATE TABLE present_determination (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- 0: the household
    programme TEXT NOT NULL,
    month TEXT NOT NULL,
    outcome TEXT NOT NULL,           -- the outcome's name, 'undecided'; '' neither enrolled nor qualifying
    reasons TEXT NOT NULL,           -- names joined by '+'; of the enrolled only
    amount_fen BIGINT,               -- by the rules, to all of the unit; null: open
    enrolled BIGINT NOT NULL,        -- 1: enrolled
    qualifies BIGINT NOT NULL,       -- 1: its outcome pays
    position BIGINT NOT NULL,        -- at which it was determined so first
    PRIMARY KEY (county_code, household_id, person_id, programme, month)
) -- clustered

-- schema: unclaimed_right since 4
-- Who qualifies and is not enrolled.
CREATE TABLE unclaimed_right (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- 0: the household
    programme TEXT NOT NULL,
    division BIGINT NOT NULL,        -- where it lives
    month TEXT NOT NULL,             -- the first for which it qualifies, of the month at hand and the next
    amount_fen BIGINT,               -- a month; null: open
    since TEXT NOT NULL,             -- the day on which it was first found
    position BIGINT NOT NULL,        -- the position at which it was last determined otherwise
    PRIMARY KEY (county_code, household_id, person_id, programme)
) -- clustered

-- schema: unclaimed_right_list since 4
CREATE INDEX unclaimed_right_list ON unclaimed_right (county_code, programme, division, household_id,
    person_id)

-- schema: unclaimed_right_division since 4
CREATE INDEX unclaimed_right_division ON unclaimed_right (county_code, division, programme,
    household_id, person_id)

-- schema: determine_pass since 4
-- Passes over everybody of a county: each night, and when marks ask for it. The last one that is done says
-- by which month and rules all results stand that no mark has renewed since.
CREATE TABLE determine_pass (
    county_code BIGINT NOT NULL,
    pass_id BIGINT NOT NULL,         -- 1, 2, 3 ...
    kind TEXT NOT NULL,              -- first; month, rules, run, load: what had changed; check: nothing had
    month TEXT NOT NULL,             -- the month at hand
    rule_hash TEXT NOT NULL,
    engine TEXT NOT NULL,
    last_job BIGINT NOT NULL,        -- whose amounts are last month's; 0: nobody's
    state TEXT NOT NULL,             -- running, done, dropped
    position BIGINT NOT NULL,        -- when it began
    next_household BIGINT NOT NULL,  -- the first that is not done yet
    households BIGINT NOT NULL,      -- done so far
    differing BIGINT NOT NULL,       -- of them: whose stored result was another
    started_ms BIGINT NOT NULL,
    ended_ms BIGINT NOT NULL,        -- 0: not yet
    who TEXT NOT NULL,
    PRIMARY KEY (county_code, pass_id)
) -- clustered

-- ---- marks ----

-- name: touched_counties read
-- fan-out: one worker takes the marks of all counties
SELECT DISTINCT county_code FROM touched WHERE error = '' ORDER BY county_code;

-- name: touched_first read
-- Those that wait longest.
SELECT household_id, position, since_ms FROM touched
WHERE county_code = $1 AND household_id > 0 AND error = '' ORDER BY since_ms, household_id LIMIT $2;

-- name: touched_range read
SELECT household_id FROM touched
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3 ORDER BY household_id;

-- name: touched_of read
SELECT position FROM touched WHERE county_code = $1 AND household_id = $2;

-- name: touched_how read
SELECT error FROM touched WHERE county_code = $1 AND household_id = $2;

-- name: touched_take write
DELETE FROM touched WHERE county_code = $1 AND household_id = $2 AND position <= $3;

-- name: touched_fail write
UPDATE touched SET error = $4 WHERE county_code = $1 AND household_id = $2 AND position <= $3;

-- name: touched_failed read
SELECT count(*) FROM touched WHERE county_code = $1 AND error <> '';

-- name: touched_again write
-- What was determined since a position is determined again.
INSERT INTO touched (county_code, household_id, position, since_ms, error)
SELECT p.county_code, p.household_id, CAST($3 AS BIGINT), CAST($4 AS BIGINT), ''
FROM present_household AS p WHERE p.county_code = $1 AND p.position > $2
ON CONFLICT (county_code, household_id) DO UPDATE
SET position = excluded.position, error = '';

-- name: touched_those write
-- Everybody of a part of the county, by id, who lives there on a day.
INSERT INTO touched (county_code, household_id, position, since_ms, error)
SELECT DISTINCT h.county_code, h.household_id, CAST($5 AS BIGINT), CAST($6 AS BIGINT), ''
FROM household AS h WHERE h.county_code = $1 AND h.household_id >= $2 AND h.household_id <= $3
    AND h.valid_to > $4
ON CONFLICT (county_code, household_id) DO UPDATE
SET position = excluded.position, error = '';

-- ---- results ----

-- name: present_household_put write
INSERT INTO present_household (county_code, household_id, position, month, at_ms)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (county_code, household_id) DO UPDATE
SET position = excluded.position, month = excluded.month, at_ms = excluded.at_ms;

-- name: present_household_of read
SELECT position, month, at_ms FROM present_household WHERE county_code = $1 AND household_id = $2;

-- name: present_range read
SELECT household_id, person_id, programme, month, outcome, reasons, amount_fen, enrolled, qualifies
FROM present_determination
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
ORDER BY household_id, person_id, programme, month;

-- name: present_put write
INSERT INTO present_determination (county_code, household_id, person_id, programme, month, outcome,
    reasons, amount_fen, enrolled, qualifies, position)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (county_code, household_id, person_id, programme, month) DO UPDATE
SET outcome = excluded.outcome, reasons = excluded.reasons, amount_fen = excluded.amount_fen,
    enrolled = excluded.enrolled, qualifies = excluded.qualifies, position = excluded.position;

-- name: present_remove write
DELETE FROM present_determination
WHERE county_code = $1 AND household_id = $2 AND person_id = $3 AND programme = $4 AND month = $5;

-- name: unclaimed_range read
SELECT household_id, person_id, programme, division, month, amount_fen FROM unclaimed_right
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
ORDER BY household_id, person_id, programme;

-- name: unclaimed_put write
INSERT INTO unclaimed_right (county_code, household_id, person_id, programme, division, month,
    amount_fen, since, position)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (county_code, household_id, person_id, programme) DO UPDATE
SET division = excluded.division, month = excluded.month, amount_fen = excluded.amount_fen,
    position = excluded.position;

-- name: unclaimed_remove write
DELETE FROM unclaimed_right
WHERE county_code = $1 AND household_id = $2 AND person_id = $3 AND programme = $4;

-- ---- proposals ----

-- name: proposal_open_range read
SELECT household_id, person_id, programme, kind, amounts, month, seen, proposal_id, batch, old_fen,
    outcome, reasons, division
FROM proposal
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3 AND state = 'open' AND seen >= ''
ORDER BY household_id, person_id, programme;

-- ---- passes ----

-- name: pass_last read
SELECT pass_id, kind, month, rule_hash, engine, last_job, state, position, next_household, households,
    differing
FROM determine_pass WHERE county_code = $1 ORDER BY pass_id DESC LIMIT 1;

-- name: pass_done_last read
SELECT pass_id, kind, month, rule_hash, engine, last_job, state, position, next_household, households,
    differing
FROM determine_pass WHERE county_code = $1 AND state = 'done' ORDER BY pass_id DESC LIMIT 1;

-- name: pass_add write
INSERT INTO determine_pass (county_code, pass_id, kind, month, rule_hash, engine, last_job, state,
    position, next_household, households, differing, started_ms, ended_ms, who)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'running', $8, 0, 0, 0, $9, 0, $10);

-- name: pass_drop write
UPDATE determine_pass SET state = 'dropped' WHERE county_code = $1 AND state = 'running';

-- name: pass_count write
UPDATE determine_pass SET differing = differing + $4
WHERE county_code = $1 AND pass_id = $2 AND state = 'running' AND next_household = $3;

-- name: pass_ids read
SELECT DISTINCT household_id FROM household
WHERE county_code = $1 AND household_id >= $2 ORDER BY household_id LIMIT $3;

-- name: pass_advance write
-- Only from where this one stood: a second one that got here changes nothing.
UPDATE determine_pass SET next_household = $4, households = households + $5
WHERE county_code = $1 AND pass_id = $2 AND next_household = $3 AND state = 'running';

-- name: pass_done write
UPDATE determine_pass SET state = 'done', ended_ms = $3
WHERE county_code = $1 AND pass_id = $2 AND state = 'running';
