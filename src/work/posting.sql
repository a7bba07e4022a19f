-- What hangs out in public: one row for each family or person on a posting, its content frozen; those that
-- hang on one sheet share its number. And what was objected to.

-- schema: posting since 3
CREATE TABLE posting (
    county_code BIGINT NOT NULL,
    posting_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,              -- case: before the decision; result: after it
    state TEXT NOT NULL,             -- open, ended, withdrawn
    sheet_id BIGINT NOT NULL,        -- posting: the first one on the same sheet of paper
    case_id BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- 0: the household
    service TEXT NOT NULL,
    line TEXT NOT NULL,
    programme TEXT NOT NULL,         -- result: while this is held; '' until its end
    division BIGINT NOT NULL,        -- village or community that reads it
    place TEXT NOT NULL,             -- where it hangs, in words
    begins TEXT NOT NULL,
    ends TEXT NOT NULL,              -- the last day; '9999-12-31': until it is taken down
    content TEXT NOT NULL,           -- JSON: what it says, and nothing else
    photo BIGINT NOT NULL,           -- file of the case; 0: none yet
    made_ms BIGINT NOT NULL,
    who TEXT NOT NULL,
    ended TEXT NOT NULL,             -- a day; '' not
    why TEXT NOT NULL,               -- it was taken down before its end, in words
    PRIMARY KEY (county_code, posting_id)
) -- clustered

-- schema: posting_shown since 3
CREATE INDEX posting_shown ON posting (county_code, kind, state, division, posting_id)

-- schema: posting_due since 3
CREATE INDEX posting_due ON posting (county_code, kind, state, ends, posting_id)

-- schema: posting_case since 3
CREATE INDEX posting_case ON posting (county_code, case_id, posting_id)

-- schema: posting_household since 3
CREATE INDEX posting_household ON posting (county_code, household_id, posting_id)

-- schema: posting_sheet since 3
CREATE INDEX posting_sheet ON posting (county_code, sheet_id, posting_id)

-- schema: posting_objection since 3
CREATE TABLE posting_objection (
    county_code BIGINT NOT NULL,
    objection_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    posting_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    event BIGINT NOT NULL,           -- of the case; 0: none, it was decided already
    day TEXT NOT NULL,
    text TEXT NOT NULL,
    by_name TEXT NOT NULL,           -- '' anonymous
    contact TEXT NOT NULL,           -- masked; '' none
    wrapped BYTEA NOT NULL,           -- the key that the contact is sealed with
    sealed BYTEA NOT NULL,
    answer TEXT NOT NULL,            -- '' none yet
    answered TEXT NOT NULL,          -- a day; ''
    answered_by TEXT NOT NULL,
    PRIMARY KEY (county_code, objection_id)
) -- clustered

-- schema: posting_objection_of since 3
CREATE INDEX posting_objection_of ON posting_objection (county_code, posting_id, objection_id)

-- ---- one ----
-- posting_id > 0, which always holds, leads SQLite to the index where it would walk the county by its key.

-- name: posting_insert write
INSERT INTO posting (county_code, posting_id, position, kind, state, sheet_id, case_id, household_id,
    person_id, service, line, programme, division, place, begins, ends, content, photo, made_ms, who,
    ended, why)
VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, $17, $18, '', '');

-- name: posting_one read
SELECT posting_id, kind, state, sheet_id, case_id, household_id, person_id, service, line, programme,
    division, place, begins, ends, content, photo, made_ms, who, ended, why
FROM posting WHERE county_code = $1 AND posting_id = $2;

-- name: posting_of_case read
SELECT posting_id, kind, state, sheet_id, case_id, household_id, person_id, service, line, programme,
    division, place, begins, ends, content, photo, made_ms, who, ended, why
FROM posting WHERE county_code = $1 AND case_id = $2 AND posting_id > 0
ORDER BY posting_id DESC LIMIT 50;

-- name: posting_of_sheet read
SELECT posting_id, kind, state, sheet_id, case_id, household_id, person_id, service, line, programme,
    division, place, begins, ends, content, photo, made_ms, who, ended, why
FROM posting WHERE county_code = $1 AND sheet_id = $2 AND posting_id > 0
ORDER BY posting_id LIMIT 500;

-- name: posting_close write
UPDATE posting SET state = $3, ended = $4, why = $5, position = $6
WHERE county_code = $1 AND posting_id = $2 AND state = 'open';

-- name: posting_photo_put write
UPDATE posting SET photo = $3, position = $4
WHERE county_code = $1 AND posting_id = $2;

-- ---- who it is about ----

-- name: posting_person read
SELECT name, birth_date FROM person WHERE county_code = $1 AND person_id = $2;

-- name: posting_head read
SELECT head_id FROM household
WHERE county_code = $1 AND household_id = $2 AND valid_from <= $3 AND valid_to > $3
ORDER BY valid_from DESC LIMIT 1;

-- name: posting_members read
SELECT count(*) FROM membership
WHERE county_code = $1 AND household_id = $2 AND valid_from <= $3 AND valid_to > $3;

-- ---- many ----

-- name: postings read
SELECT posting_id, kind, state, sheet_id, case_id, household_id, person_id, service, line, programme,
    division, place, begins, ends, content, photo, made_ms, who, ended, why
FROM posting
WHERE county_code = $1 AND kind = $2 AND state = $3
    AND division >= $4 AND division <= $5
    AND (division, posting_id) > ($6, $7)
    AND begins <= $8 AND ends >= $9 AND ends <= $10
    AND ($11 = '' OR line = $11)
    AND ($12 = 0 OR photo = 0)
ORDER BY division, posting_id LIMIT $13;

-- name: postings_count read
-- substr(): the divisions are what leads into the index, not the days.
SELECT count(*) FROM (
    SELECT posting_id FROM posting
    WHERE county_code = $1 AND kind = $2 AND state = $3
        AND division >= $4 AND division <= $5
        AND substr(ends, 1, 10) >= $6 AND substr(ends, 1, 10) <= $7
        AND ($8 = '' OR line = $8)
        AND ($9 = 0 OR photo = 0)
    LIMIT $10) AS part;

-- name: postings_over read
-- Hung out as long as they must: by the day behind the last one.
SELECT posting_id, case_id, ends FROM posting
WHERE county_code = $1 AND kind = 'case' AND state = 'open' AND (ends, posting_id) > ($2, $3)
    AND ends < $4
ORDER BY ends, posting_id LIMIT $5;

-- name: results_over read
-- Results whose day is over, or of whom is not on the programme any more.
SELECT p.posting_id FROM posting AS p
WHERE p.county_code = $1 AND p.kind = 'result' AND p.state = 'open' AND p.division > 0
    AND (p.ends < $2 OR (p.programme <> '' AND NOT EXISTS (SELECT 1 FROM enrolment AS e
        WHERE e.county_code = $1 AND e.household_id = p.household_id AND e.person_id = p.person_id
            AND e.programme = p.programme AND e.valid_to > $2)))
ORDER BY p.division, p.posting_id LIMIT $3;

-- name: results_of read
SELECT posting_id, place FROM posting
WHERE county_code = $1 AND household_id = $2 AND posting_id > 0 AND kind = 'result' AND state = 'open'
    AND person_id = $3 AND programme = $4
ORDER BY posting_id;

-- ---- objections ----

-- name: objection_insert write
INSERT INTO posting_objection (county_code, objection_id, position, posting_id, case_id, event, day,
    text, by_name, contact, wrapped, sealed, answer, answered, answered_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '', '');

-- name: objections read
SELECT objection_id, case_id, event, day, text, by_name, contact, answer, answered, answered_by
FROM posting_objection WHERE county_code = $1 AND posting_id >= $2 AND posting_id <= $2
ORDER BY posting_id, objection_id LIMIT 500;

-- name: objections_count read
SELECT count(*) FROM posting_objection
WHERE county_code = $1 AND posting_id >= $2 AND posting_id <= $2;

-- name: objection_contact read
SELECT wrapped, sealed FROM posting_objection
WHERE county_code = $1 AND posting_id = $2 AND objection_id = $3;

-- name: objection_answer write
UPDATE posting_objection SET answer = $4, answered = $5, answered_by = $6, position = $7
WHERE county_code = $1 AND posting_id = $2 AND objection_id = $3 AND answer = '';
