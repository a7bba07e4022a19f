-- Cases: what was applied for, and what happened to it, event by event. The state follows from the
-- events alone; the columns of work_case behind `state` keep it for lists and are written with them.

-- schema: work_case since 2
CREATE TABLE work_case (
    county_code BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    position BIGINT NOT NULL,        -- the change that wrote it last
    number TEXT NOT NULL,            -- 510402-2020-000123, -1 and -2 when taken together
    service TEXT NOT NULL,
    line TEXT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- 0: for the household
    applicant_id BIGINT NOT NULL,    -- person; 0: not in the store
    applicant TEXT NOT NULL,         -- the name as given
    relation TEXT NOT NULL,          -- to whom it is for, in words
    subject TEXT NOT NULL,           -- name of the head or the person
    division BIGINT NOT NULL,        -- village or community where the household lived
    office BIGINT NOT NULL,          -- that took the application
    registered TEXT NOT NULL,        -- registered elsewhere: where; '' here
    rule_hash TEXT NOT NULL,         -- the rules of the day of acceptance
    delegated BIGINT NOT NULL,       -- 1: the township decides
    accepted TEXT NOT NULL,
    note TEXT NOT NULL,
    state TEXT NOT NULL,             -- case_state.def
    open BIGINT NOT NULL,            -- 1: something is still to be done
    owner BIGINT NOT NULL,           -- division whose offices work on it
    town BIGINT NOT NULL,            -- the township of that
    version BIGINT NOT NULL,         -- seq of the last event
    step TEXT NOT NULL,              -- first open step
    result TEXT NOT NULL,            -- '', grant, refuse
    due TEXT NOT NULL,               -- '9999-12-31': no limit
    warn TEXT NOT NULL,
    unsure BIGINT NOT NULL,
    paused BIGINT NOT NULL,
    closed TEXT NOT NULL,            -- '' while open
    draft TEXT NOT NULL,             -- what was typed so far, JSON
    draft_version BIGINT NOT NULL,
    PRIMARY KEY (county_code, case_id)
) -- clustered

-- schema: work_case_number since 2
CREATE UNIQUE INDEX work_case_number ON work_case (county_code, number)

-- schema: work_case_household since 2
CREATE INDEX work_case_household ON work_case (county_code, household_id, case_id)

-- Those of the lists hold what is filtered by as well, so that rows are looked up for one page only.
-- schema: work_case_due since 2
CREATE INDEX work_case_due ON work_case (county_code, open, due, case_id,
    owner, state, service, step, line)

-- schema: work_case_accepted since 2
CREATE INDEX work_case_accepted ON work_case (county_code, open, accepted, case_id,
    owner, state, service, step, line)

-- schema: work_case_made since 2
CREATE INDEX work_case_made ON work_case (county_code, open, case_id,
    owner, state, service, step, line)

-- schema: work_case_town_due since 2
CREATE INDEX work_case_town_due ON work_case (county_code, town, open, due, case_id,
    owner, state, service, step, line)

-- schema: work_case_town_accepted since 2
CREATE INDEX work_case_town_accepted ON work_case (county_code, town, open, accepted, case_id,
    owner, state, service, step, line)

-- schema: work_case_town_made since 2
CREATE INDEX work_case_town_made ON work_case (county_code, town, open, case_id,
    owner, state, service, step, line)

-- schema: case_event since 2
-- Append only.
CREATE TABLE case_event (
    county_code BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,             -- 1, 2, 3 ...: the version of the case after it
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,              -- case_event.def
    step TEXT NOT NULL,
    day TEXT NOT NULL,               -- on which it happened
    at_ms BIGINT NOT NULL,           -- when it was recorded
    who TEXT NOT NULL,               -- login
    text TEXT NOT NULL,
    data TEXT NOT NULL,              -- JSON, as case_event.def says; '' none
    PRIMARY KEY (county_code, case_id, seq)
) -- clustered

-- schema: case_counter since 2
CREATE TABLE case_counter (
    county_code BIGINT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,            -- number given last
    PRIMARY KEY (county_code, year)
) -- clustered

-- ---- one case ----

-- name: case_read read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case WHERE county_code = $1 AND case_id = $2;

-- name: case_by_number read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case WHERE county_code = $1 AND number >= $2 AND number < $3
ORDER BY number LIMIT $4;

-- name: case_of_household read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case WHERE county_code = $1 AND household_id = $2 AND case_id > 0
ORDER BY case_id DESC LIMIT $3;

-- name: case_open_same read
SELECT case_id FROM work_case
WHERE county_code = $1 AND household_id = $2 AND person_id = $3 AND case_id > 0
    AND service = $4 AND state IN ('open', 'supplement', 'paused')
ORDER BY case_id LIMIT 1;

-- name: case_insert write
INSERT INTO work_case (county_code, case_id, position, number, service, line, household_id,
    person_id, applicant_id, applicant, relation, subject, division, office, registered, rule_hash,
    delegated, accepted, note, state, open, owner, town, version, step, result, due, warn, unsure,
    paused, closed, draft, draft_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, '', 0);

-- name: case_state_put write
UPDATE work_case SET position = $3, state = $4, open = $5, owner = $6, town = $7, version = $8,
    step = $9, result = $10, due = $11, warn = $12, unsure = $13, paused = $14, closed = $15
WHERE county_code = $1 AND case_id = $2;

-- name: case_draft read
SELECT draft, draft_version FROM work_case WHERE county_code = $1 AND case_id = $2;

-- name: case_draft_put write
UPDATE work_case SET draft = $3, draft_version = draft_version + 1, draft_by = $5
WHERE county_code = $1 AND case_id = $2 AND draft_version = $4;

-- name: case_events read
SELECT seq, kind, step, day, at_ms, who, text, data, position FROM case_event
WHERE county_code = $1 AND case_id = $2 ORDER BY seq;

-- name: case_event_insert write
INSERT INTO case_event (county_code, case_id, seq, position, kind, step, day, at_ms, who, text, data)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: case_number_next write
INSERT INTO case_counter (county_code, year, last) VALUES ($1, $2, 1)
ON CONFLICT (county_code, year) DO UPDATE SET last = case_counter.last + 1
RETURNING last;

-- name: case_person read
SELECT name, birth_date, death_date FROM person WHERE county_code = $1 AND person_id = $2;

-- name: case_household read
SELECT division, head_id FROM household
WHERE county_code = $1 AND household_id = $2 AND valid_from <= $3 AND valid_to > $3;

-- name: case_member read
SELECT count(*) FROM membership
WHERE county_code = $1 AND household_id = $2 AND person_id = $3 AND valid_from <= $4 AND valid_to > $4;

-- name: case_enrolments read
SELECT person_id, programme, valid_from, cause, account_id FROM enrolment
WHERE county_code = $1 AND household_id = $2 AND valid_from <= $3 AND valid_to > $3
ORDER BY programme, person_id;

-- ---- lists: county, open, [town,] owner from and to, state, service, step, line, key and id behind, limit ----
-- One county and what is open or closed at a time, in the order of an index; the program merges them.

-- name: cases_due read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case WHERE county_code = $1 AND case_id IN (
    SELECT case_id FROM work_case
    WHERE county_code = $1
        AND open = $2
        AND owner >= $3 AND owner <= $4
        AND ($5 = '' OR state = $5)
        AND ($6 = '' OR service = $6)
        AND ($7 = '' OR step = $7)
        AND ($8 = '' OR line = $8)
        AND (due, case_id) > ($9, $10)
    ORDER BY due, case_id LIMIT $11)
ORDER BY due, case_id;

-- name: cases_due_down read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case WHERE county_code = $1 AND case_id IN (
    SELECT case_id FROM work_case
    WHERE county_code = $1
        AND open = $2
        AND owner >= $3 AND owner <= $4
        AND ($5 = '' OR state = $5)
        AND ($6 = '' OR service = $6)
        AND ($7 = '' OR step = $7)
        AND ($8 = '' OR line = $8)
        AND (due, case_id) < ($9, $10)
    ORDER BY due DESC, case_id DESC LIMIT $11)
ORDER BY due DESC, case_id DESC;

-- name: cases_accepted read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case WHERE county_code = $1 AND case_id IN (
    SELECT case_id FROM work_case
    WHERE county_code = $1
        AND open = $2
        AND owner >= $3 AND owner <= $4
        AND ($5 = '' OR state = $5)
        AND ($6 = '' OR service = $6)
        AND ($7 = '' OR step = $7)
        AND ($8 = '' OR line = $8)
        AND (accepted, case_id) > ($9, $10)
    ORDER BY accepted, case_id LIMIT $11)
ORDER BY accepted, case_id;

-- name: cases_accepted_down read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case WHERE county_code = $1 AND case_id IN (
    SELECT case_id FROM work_case
    WHERE county_code = $1
        AND open = $2
        AND owner >= $3 AND owner <= $4
        AND ($5 = '' OR state = $5)
        AND ($6 = '' OR service = $6)
        AND ($7 = '' OR step = $7)
        AND ($8 = '' OR line = $8)
        AND (accepted, case_id) < ($9, $10)
    ORDER BY accepted DESC, case_id DESC LIMIT $11)
ORDER BY accepted DESC, case_id DESC;

-- name: cases_made read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case WHERE county_code = $1 AND case_id IN (
    SELECT case_id FROM work_case
    WHERE county_code = $1
        AND open = $2
        AND owner >= $3 AND owner <= $4
        AND ($5 = '' OR state = $5)
        AND ($6 = '' OR service = $6)
        AND ($7 = '' OR step = $7)
        AND ($8 = '' OR line = $8)
        AND case_id > $9
    ORDER BY case_id LIMIT $10)
ORDER BY case_id;

-- name: cases_made_down read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case WHERE county_code = $1 AND case_id IN (
    SELECT case_id FROM work_case
    WHERE county_code = $1
        AND open = $2
        AND owner >= $3 AND owner <= $4
        AND ($5 = '' OR state = $5)
        AND ($6 = '' OR service = $6)
        AND ($7 = '' OR step = $7)
        AND ($8 = '' OR line = $8)
        AND case_id < $9
    ORDER BY case_id DESC LIMIT $10)
ORDER BY case_id DESC;

-- name: cases_town_due read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case WHERE county_code = $1 AND case_id IN (
    SELECT case_id FROM work_case
    WHERE county_code = $1
        AND town = $2
        AND open = $3
        AND owner >= $4 AND owner <= $5
        AND ($6 = '' OR state = $6)
        AND ($7 = '' OR service = $7)
        AND ($8 = '' OR step = $8)
        AND ($9 = '' OR line = $9)
        AND (due, case_id) > ($10, $11)
    ORDER BY due, case_id LIMIT $12)
ORDER BY due, case_id;

-- name: cases_town_due_down read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case WHERE county_code = $1 AND case_id IN (
    SELECT case_id FROM work_case
    WHERE county_code = $1
        AND town = $2
        AND open = $3
        AND owner >= $4 AND owner <= $5
        AND ($6 = '' OR state = $6)
        AND ($7 = '' OR service = $7)
        AND ($8 = '' OR step = $8)
        AND ($9 = '' OR line = $9)
        AND (due, case_id) < ($10, $11)
    ORDER BY due DESC, case_id DESC LIMIT $12)
ORDER BY due DESC, case_id DESC;

-- name: cases_town_accepted read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case WHERE county_code = $1 AND case_id IN (
    SELECT case_id FROM work_case
    WHERE county_code = $1
        AND town = $2
        AND open = $3
        AND owner >= $4 AND owner <= $5
        AND ($6 = '' OR state = $6)
        AND ($7 = '' OR service = $7)
        AND ($8 = '' OR step = $8)
        AND ($9 = '' OR line = $9)
        AND (accepted, case_id) > ($10, $11)
    ORDER BY accepted, case_id LIMIT $12)
ORDER BY accepted, case_id;

-- name: cases_town_accepted_down read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case WHERE county_code = $1 AND case_id IN (
    SELECT case_id FROM work_case
    WHERE county_code = $1
        AND town = $2
        AND open = $3
        AND owner >= $4 AND owner <= $5
        AND ($6 = '' OR state = $6)
        AND ($7 = '' OR service = $7)
        AND ($8 = '' OR step = $8)
        AND ($9 = '' OR line = $9)
        AND (accepted, case_id) < ($10, $11)
    ORDER BY accepted DESC, case_id DESC LIMIT $12)
ORDER BY accepted DESC, case_id DESC;

-- name: cases_town_made read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case WHERE county_code = $1 AND case_id IN (
    SELECT case_id FROM work_case
    WHERE county_code = $1
        AND town = $2
        AND open = $3
        AND owner >= $4 AND owner <= $5
        AND ($6 = '' OR state = $6)
        AND ($7 = '' OR service = $7)
        AND ($8 = '' OR step = $8)
        AND ($9 = '' OR line = $9)
        AND case_id > $10
    ORDER BY case_id LIMIT $11)
ORDER BY case_id;

-- name: cases_town_made_down read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case WHERE county_code = $1 AND case_id IN (
    SELECT case_id FROM work_case
    WHERE county_code = $1
        AND town = $2
        AND open = $3
        AND owner >= $4 AND owner <= $5
        AND ($6 = '' OR state = $6)
        AND ($7 = '' OR service = $7)
        AND ($8 = '' OR step = $8)
        AND ($9 = '' OR line = $9)
        AND case_id < $10
    ORDER BY case_id DESC LIMIT $11)
ORDER BY case_id DESC;

-- name: cases_count read
SELECT count(*) FROM (
    SELECT case_id FROM work_case
    WHERE county_code = $1
        AND open = $2 AND due >= ''
        AND owner >= $3 AND owner <= $4
        AND ($5 = '' OR state = $5)
        AND ($6 = '' OR service = $6)
        AND ($7 = '' OR step = $7)
        AND ($8 = '' OR line = $8)
    LIMIT $9) AS part;

-- name: cases_town_count read
SELECT count(*) FROM (
    SELECT case_id FROM work_case
    WHERE county_code = $1
        AND town = $2
        AND open = $3 AND due >= ''
        AND owner >= $4 AND owner <= $5
        AND ($6 = '' OR state = $6)
        AND ($7 = '' OR service = $7)
        AND ($8 = '' OR step = $8)
        AND ($9 = '' OR line = $9)
    LIMIT $10) AS part;
