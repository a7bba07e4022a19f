-- People and places: divisions through time, persons, households, membership, enrolments; and the
-- rules in force. Each table holds the rows believed now; a superseded row moves to its _past twin,
-- which has past_position (the change that superseded it) as well.

-- schema: rule_set
CREATE TABLE rule_set (
    rule_hash TEXT NOT NULL,         -- SM3 over paths and texts, hexadecimal
    taken_ms BIGINT NOT NULL,
    PRIMARY KEY (rule_hash)
) -- clustered

-- schema: rule_file
CREATE TABLE rule_file (
    rule_hash TEXT NOT NULL,
    path TEXT NOT NULL,              -- lines/assistance/dibao.hm
    content TEXT NOT NULL,
    PRIMARY KEY (rule_hash, path)
) -- clustered

-- schema: rule_release
CREATE TABLE rule_release (
    release_no BIGINT NOT NULL,      -- 1, 2, 3 ...: the last is in force
    rule_hash TEXT NOT NULL,
    place TEXT NOT NULL,
    released_ms BIGINT NOT NULL,
    who TEXT NOT NULL,
    PRIMARY KEY (release_no)
) -- clustered

-- schema: division
CREATE TABLE division (
    division BIGINT NOT NULL,        -- twelve digits
    valid_from TEXT NOT NULL,        -- a day; '' = beginning unknown
    valid_to TEXT NOT NULL,          -- first day on which it holds no more; '9999-12-31' = open
    name TEXT NOT NULL,
    kind TEXT NOT NULL,              -- city, county, subdistrict, town, township, residents_committee, villagers_committee
    parent BIGINT NOT NULL,
    county_code BIGINT NOT NULL,     -- six digits of the county that keeps its rows; the city's own for the city
    PRIMARY KEY (division, valid_from)
) -- clustered

-- schema: division_succession
CREATE TABLE division_succession (
    old_division BIGINT NOT NULL,
    new_division BIGINT NOT NULL,
    on_day TEXT NOT NULL,
    how TEXT NOT NULL,               -- merge, split, rename, recode
    PRIMARY KEY (old_division, new_division, on_day)
) -- clustered

-- schema: household
CREATE TABLE household (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    position BIGINT NOT NULL,        -- the change that recorded it
    division BIGINT NOT NULL,        -- village or community it lives in
    head_id BIGINT NOT NULL,         -- person
    PRIMARY KEY (county_code, household_id, valid_from)
) -- clustered

-- schema: household_past
CREATE TABLE household_past (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    position BIGINT NOT NULL,
    past_position BIGINT NOT NULL,   -- the change that superseded it
    division BIGINT NOT NULL,
    head_id BIGINT NOT NULL,
    PRIMARY KEY (county_code, household_id, valid_from, position)
) -- clustered

-- schema: household_division
CREATE INDEX household_division ON household (county_code, division)

-- schema: person
CREATE TABLE person (
    county_code BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    sex BIGINT NOT NULL,             -- GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated
    birth_date TEXT NOT NULL,
    death_date TEXT,
    PRIMARY KEY (county_code, person_id)
) -- clustered

-- schema: person_past
CREATE TABLE person_past (
    county_code BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    past_position BIGINT NOT NULL,
    name TEXT NOT NULL,
    sex BIGINT NOT NULL,
    birth_date TEXT NOT NULL,
    death_date TEXT,
    PRIMARY KEY (county_code, person_id, position)
) -- clustered

-- schema: membership
CREATE TABLE membership (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    position BIGINT NOT NULL,
    relation TEXT NOT NULL,          -- to the head, GB/T 4761: 01 self, 02 head, 10 spouse, 20 son ...
    PRIMARY KEY (county_code, household_id, person_id, valid_from)
) -- clustered

-- schema: membership_past
CREATE TABLE membership_past (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    position BIGINT NOT NULL,
    past_position BIGINT NOT NULL,
    relation TEXT NOT NULL,
    PRIMARY KEY (county_code, household_id, person_id, valid_from, position)
) -- clustered

-- schema: membership_person
CREATE INDEX membership_person ON membership (county_code, person_id)

-- schema: enrolment
CREATE TABLE enrolment (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- 0: the household as a whole
    programme TEXT NOT NULL,         -- the policy's name
    valid_from TEXT NOT NULL,        -- a day
    valid_to TEXT NOT NULL,
    position BIGINT NOT NULL,
    cause TEXT NOT NULL,             -- 'import', 'decision <number>', ...
    account_id BIGINT NOT NULL,      -- person whose card is paid; 0: the head's
    PRIMARY KEY (county_code, household_id, person_id, programme, valid_from)
) -- clustered

-- schema: enrolment_past
CREATE TABLE enrolment_past (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    programme TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    position BIGINT NOT NULL,
    past_position BIGINT NOT NULL,
    cause TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    PRIMARY KEY (county_code, household_id, person_id, programme, valid_from, position)
) -- clustered

-- schema: register_column
-- What each column of a generated table was declared as, since the database knows only text and
-- whole numbers: a change of kind is found by it.
-- reference
CREATE TABLE register_column (
    table_name TEXT NOT NULL,        -- x_assistance_person
    column_name TEXT NOT NULL,
    kind TEXT NOT NULL,              -- 'money per month', 'code disease'
    code_values TEXT NOT NULL,       -- of a code: the names of its values, one a line
    PRIMARY KEY (table_name, column_name)
) -- clustered

-- ---- rules in force ----

-- name: rule_in_force read
SELECT release_no, rule_hash, place FROM rule_release ORDER BY release_no DESC LIMIT 1;

-- name: rule_releases read
SELECT release_no, rule_hash, place, released_ms, who FROM rule_release
ORDER BY release_no DESC LIMIT $1;

-- name: rule_files read
SELECT path, content FROM rule_file WHERE rule_hash = $1 ORDER BY path;

-- name: rule_set_put write
INSERT INTO rule_set (rule_hash, taken_ms) VALUES ($1, $2) ON CONFLICT (rule_hash) DO NOTHING;

-- name: rule_file_put write
INSERT INTO rule_file (rule_hash, path, content) VALUES ($1, $2, $3)
ON CONFLICT (rule_hash, path) DO NOTHING;

-- name: rule_release_put write
INSERT INTO rule_release (release_no, rule_hash, place, released_ms, who)
VALUES ($1, $2, $3, $4, $5);

-- name: register_columns read
SELECT table_name, column_name, kind, code_values FROM register_column
ORDER BY table_name, column_name;

-- name: register_column_put write
INSERT INTO register_column (table_name, column_name, kind, code_values) VALUES ($1, $2, $3, $4)
ON CONFLICT (table_name, column_name) DO UPDATE
SET kind = excluded.kind, code_values = excluded.code_values;

-- ---- divisions ----

-- name: division_on read
SELECT division, parent, county_code, name, kind, valid_from, valid_to FROM division
WHERE division = $1 AND valid_from <= $2 AND valid_to > $2;

-- name: division_all read
SELECT division, parent, county_code, name, kind, valid_from, valid_to FROM division
ORDER BY division, valid_from;

-- name: division_county_codes read
SELECT DISTINCT county_code FROM division
WHERE valid_from <= $1 AND valid_to > $1 AND kind <> 'city' ORDER BY county_code;

-- name: division_put write
INSERT INTO division (division, valid_from, valid_to, name, kind, parent, county_code)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: division_remove write
DELETE FROM division WHERE division = $1 AND valid_from = $2;

-- name: division_successors read
SELECT new_division, on_day, how FROM division_succession
WHERE old_division = $1 AND on_day <= $2 ORDER BY on_day DESC, new_division;

-- name: division_succession_all read
SELECT old_division, new_division, on_day, how FROM division_succession
ORDER BY old_division, new_division, on_day;

-- name: division_succession_put write
INSERT INTO division_succession (old_division, new_division, on_day, how) VALUES ($1, $2, $3, $4);

-- name: division_succession_remove write
DELETE FROM division_succession WHERE old_division = $1 AND new_division = $2 AND on_day = $3;

-- name: division_lived_in read
-- fan-out: a city's divisions are changed for all its counties at once
SELECT division, min(valid_from), max(valid_to), count(*),
    CAST(sum(CASE WHEN valid_to = '9999-12-31' THEN 1 ELSE 0 END) AS BIGINT)
FROM household GROUP BY division ORDER BY division;

-- ---- versions in valid time ----
-- Of each table the same four: what overlaps some days, a row to _past, a row gone, a row new.

-- name: household_overlap read
SELECT valid_from, valid_to, position, division, head_id FROM household
WHERE county_code = $1 AND household_id = $2 AND valid_to > $3 AND valid_from < $4
ORDER BY valid_from;

-- name: household_move write
INSERT INTO household_past
    (county_code, household_id, valid_from, valid_to, position, past_position, division, head_id)
SELECT county_code, household_id, valid_from, valid_to, position, CAST($4 AS BIGINT), division, head_id
FROM household WHERE county_code = $1 AND household_id = $2 AND valid_from = $3;

-- name: household_remove write
DELETE FROM household WHERE county_code = $1 AND household_id = $2 AND valid_from = $3;

-- name: household_insert write
INSERT INTO household (county_code, household_id, valid_from, valid_to, position, division, head_id)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: membership_overlap read
SELECT valid_from, valid_to, position, relation FROM membership
WHERE county_code = $1 AND household_id = $2 AND person_id = $3 AND valid_to > $4 AND valid_from < $5
ORDER BY valid_from;

-- name: membership_move write
INSERT INTO membership_past
    (county_code, household_id, person_id, valid_from, valid_to, position, past_position, relation)
SELECT county_code, household_id, person_id, valid_from, valid_to, position, CAST($5 AS BIGINT), relation
FROM membership
WHERE county_code = $1 AND household_id = $2 AND person_id = $3 AND valid_from = $4;

-- name: membership_remove write
DELETE FROM membership
WHERE county_code = $1 AND household_id = $2 AND person_id = $3 AND valid_from = $4;

-- name: membership_insert write
INSERT INTO membership
    (county_code, household_id, person_id, valid_from, valid_to, position, relation)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: enrolment_overlap read
SELECT valid_from, valid_to, position, cause, account_id FROM enrolment
WHERE county_code = $1 AND household_id = $2 AND person_id = $3 AND programme = $4
    AND valid_to > $5 AND valid_from < $6
ORDER BY valid_from;

-- name: enrolment_beyond read
-- What goes on, or begins, on a day or later.
SELECT person_id, programme, valid_from, cause, account_id FROM enrolment
WHERE county_code = $1 AND household_id = $2 AND valid_to > $3
ORDER BY programme, person_id, valid_from;

-- name: enrolment_move write
INSERT INTO enrolment_past
    (county_code, household_id, person_id, programme, valid_from, valid_to, position, past_position,
     cause, account_id)
SELECT county_code, household_id, person_id, programme, valid_from, valid_to, position,
    CAST($6 AS BIGINT), cause, account_id
FROM enrolment
WHERE county_code = $1 AND household_id = $2 AND person_id = $3 AND programme = $4
    AND valid_from = $5;

-- name: enrolment_remove write
DELETE FROM enrolment
WHERE county_code = $1 AND household_id = $2 AND person_id = $3 AND programme = $4
    AND valid_from = $5;

-- name: enrolment_insert write
INSERT INTO enrolment
    (county_code, household_id, person_id, programme, valid_from, valid_to, position, cause,
     account_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- ---- persons ----

-- name: person_current read
SELECT position, name, sex, birth_date, death_date FROM person
WHERE county_code = $1 AND person_id = $2;

-- name: person_move write
INSERT INTO person_past
    (county_code, person_id, position, past_position, name, sex, birth_date, death_date)
SELECT county_code, person_id, position, CAST($3 AS BIGINT), name, sex, birth_date, death_date
FROM person WHERE county_code = $1 AND person_id = $2;

-- name: person_upsert write
INSERT INTO person (county_code, person_id, position, name, sex, birth_date, death_date)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (county_code, person_id) DO UPDATE
SET position = excluded.position, name = excluded.name, sex = excluded.sex,
    birth_date = excluded.birth_date, death_date = excluded.death_date;

-- name: membership_elsewhere read
SELECT household_id, valid_from, valid_to FROM membership
WHERE county_code = $1 AND person_id >= $2 AND person_id <= $2 AND household_id <> $3
    AND valid_to > $4 AND valid_from < $5
ORDER BY person_id, household_id;

-- name: household_division_on read
SELECT division FROM household
WHERE county_code = $1 AND household_id = $2 AND valid_from <= $3 AND valid_to > $3;

-- name: household_known read
SELECT count(*) FROM household WHERE county_code = $1 AND household_id = $2;

-- ---- reading facts: county, first and last id, day ----
-- What is believed now is read without looking at positions. "then" passes over what was recorded
-- after a position; "past" is what was believed at it and is no more.

-- name: household_read read
SELECT household_id, division, head_id FROM household
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_from <= $4 AND valid_to > $4 AND division >= $5 AND division <= $6
ORDER BY household_id LIMIT $7;

-- name: household_read_then read
-- With the past: a page of them must have both in one order.
SELECT household_id, division, head_id FROM household
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_from <= $4 AND valid_to > $4 AND division >= $5 AND division <= $6 AND position <= $8
UNION ALL
SELECT household_id, division, head_id FROM household_past
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_from <= $4 AND valid_to > $4 AND division >= $5 AND division <= $6
    AND position <= $8 AND past_position > $8
ORDER BY household_id LIMIT $7;

-- name: membership_read read
SELECT household_id, person_id FROM membership
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_from <= $4 AND valid_to > $4
ORDER BY household_id, person_id;

-- name: membership_read_then read
-- With the past, in the order of persons.
SELECT household_id, person_id FROM membership
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_from <= $4 AND valid_to > $4 AND position <= $5
UNION ALL
SELECT household_id, person_id FROM membership_past
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_from <= $4 AND valid_to > $4 AND position <= $5 AND past_position > $5
ORDER BY household_id, person_id;

-- name: person_read read
-- Those alive on the day, or who died on it.
SELECT person_id, sex, birth_date, death_date FROM person
WHERE county_code = $1 AND person_id >= $2 AND person_id <= $3
    AND (death_date IS NULL OR death_date >= $4)
ORDER BY person_id;

-- name: person_read_then read
SELECT person_id, sex, birth_date, death_date FROM person
WHERE county_code = $1 AND person_id >= $2 AND person_id <= $3
    AND (death_date IS NULL OR death_date >= $4) AND position <= $5
ORDER BY person_id;

-- name: person_read_past read
SELECT person_id, sex, birth_date, death_date FROM person_past
WHERE county_code = $1 AND person_id >= $2 AND person_id <= $3
    AND (death_date IS NULL OR death_date >= $4) AND position <= $5 AND past_position > $5
ORDER BY person_id;

-- ---- somebody under another id ----

-- name: edit_ties read
-- Accounts whose own person, or whose relative on record, somebody is.
-- fan-out: accounts and relatives are reference tables of the whole store
SELECT account_id, relation, since FROM staff_relative WHERE person_county = $1 AND person_id = $2
UNION ALL
SELECT account_id, '本人', CAST($3 AS TEXT) FROM account
WHERE person_county = $1 AND person_id = $2 AND person_id <> 0
ORDER BY 1;

-- name: edit_tie_put write
INSERT INTO staff_relative (account_id, person_county, person_id, relation, since, made_ms)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (account_id, person_county, person_id) DO NOTHING;
