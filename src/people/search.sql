-- Finding people: the words they are found and listed by, what was made of each person, and how many
-- there are. All of it follows from person, membership, household and enrolment, and is kept up by
-- whatever writes those (people/tokens.h).

-- schema: person_token since 2
-- A word of a person, or of a record of a register: a letter that says which kind, then the text (tokens.h lists them). `area` is the
-- township's nine digits: whoever looks has a township, or goes through those of a county in turn.
CREATE TABLE person_token (
    county_code BIGINT NOT NULL,
    area BIGINT NOT NULL,
    token TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    household_id BIGINT NOT NULL,    -- where the person lives, or lived last; 0: nowhere
    division BIGINT NOT NULL,        -- of that household
    sex BIGINT NOT NULL,
    birth BIGINT NOT NULL,           -- days since 1970-01-01
    gone BIGINT NOT NULL,            -- 1: dead, or lives in no household
    PRIMARY KEY (county_code, area, token, person_id)
) -- clustered

-- schema: person_index since 2
-- What a person's words were made of, to take them out again when it changes.
CREATE TABLE person_index (
    county_code BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    division BIGINT NOT NULL,
    name TEXT NOT NULL,
    reading TEXT NOT NULL,           -- zhangxiaoming
    initials TEXT NOT NULL,          -- zxm
    birth BIGINT NOT NULL,
    sex BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    head BIGINT NOT NULL,            -- 1: the head of that household
    own TEXT NOT NULL,               -- programmes of the person or of the whole household, by blanks
    every TEXT NOT NULL,             -- of a head: programmes of anybody in the household
    PRIMARY KEY (county_code, person_id)
) -- clustered

-- schema: people_count since 2
CREATE TABLE people_count (
    county_code BIGINT NOT NULL,
    division BIGINT NOT NULL,
    households BIGINT NOT NULL,      -- with a head who lives there
    persons BIGINT NOT NULL,         -- who live there
    PRIMARY KEY (county_code, division)
) -- clustered

-- ---- kept up ----

-- name: token_add write
INSERT INTO person_token
    (county_code, area, token, person_id, household_id, division, sex, birth, gone)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (county_code, area, token, person_id) DO NOTHING;

-- name: token_remove write
DELETE FROM person_token WHERE county_code = $1 AND area = $2 AND token = $3 AND person_id = $4;

-- name: person_index_find read
SELECT household_id, division, name, reading, initials, birth, sex, gone, head, own, every
FROM person_index WHERE county_code = $1 AND person_id = $2;

-- name: person_index_put write
INSERT INTO person_index
    (county_code, person_id, household_id, division, name, reading, initials, birth, sex, gone, head,
     own, every)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (county_code, person_id) DO UPDATE
SET household_id = excluded.household_id, division = excluded.division, name = excluded.name,
    reading = excluded.reading, initials = excluded.initials, birth = excluded.birth,
    sex = excluded.sex, gone = excluded.gone, head = excluded.head, own = excluded.own,
    every = excluded.every;

-- name: people_count_add write
INSERT INTO people_count (county_code, division, households, persons) VALUES ($1, $2, $3, $4)
ON CONFLICT (county_code, division) DO UPDATE
SET households = people_count.households + excluded.households,
    persons = people_count.persons + excluded.persons;

-- name: token_person_latest read
SELECT household_id, valid_to FROM membership
WHERE county_code = $1 AND person_id >= $2 AND person_id <= $2 ORDER BY valid_from DESC LIMIT 1;

-- name: token_household_latest read
SELECT division, head_id, valid_to FROM household
WHERE county_code = $1 AND household_id = $2 ORDER BY valid_from DESC LIMIT 1;

-- name: token_enrolments read
SELECT DISTINCT programme, person_id FROM enrolment
WHERE county_code = $1 AND household_id = $2 AND valid_to = '9999-12-31'
ORDER BY programme, person_id;

-- name: token_members read
SELECT DISTINCT person_id FROM membership WHERE county_code = $1 AND household_id = $2
ORDER BY person_id;

-- name: person_ids read
SELECT person_id FROM person WHERE county_code = $1 AND person_id > $2 ORDER BY person_id LIMIT $3;

-- ---- looked up ----

-- name: division_areas read
SELECT DISTINCT county_code, division / 1000 FROM division
WHERE division >= $1 AND division <= $2 AND kind <> 'city' AND kind <> 'county'
    AND kind <> 'district'
ORDER BY county_code, 2;

-- name: token_page read
SELECT token, person_id, household_id, division, sex, birth, gone FROM person_token
WHERE county_code = $1 AND area = $2 AND (token, person_id) > ($3, $4) AND token < $5
    AND division >= $6 AND division <= $7 AND gone <= $8
    AND birth >= $9 AND birth <= $10 AND sex >= $11 AND sex <= $12
    AND token LIKE '%' || $14 ESCAPE '!'
ORDER BY token, person_id LIMIT $13;

-- name: token_page_down read
SELECT token, person_id, household_id, division, sex, birth, gone FROM person_token
WHERE county_code = $1 AND area = $2 AND (token, person_id) < ($3, $4) AND token >= $5
    AND division >= $6 AND division <= $7 AND gone <= $8
    AND birth >= $9 AND birth <= $10 AND sex >= $11 AND sex <= $12
    AND token LIKE '%' || $14 ESCAPE '!'
ORDER BY token DESC, person_id DESC LIMIT $13;

-- name: token_count read
-- Bounded: at most $11 are counted.
SELECT count(*) FROM (
    SELECT person_id FROM person_token
    WHERE county_code = $1 AND area = $2 AND token >= $3 AND token < $4
        AND division >= $5 AND division <= $6 AND gone <= $12
        AND birth >= $7 AND birth <= $8 AND sex >= $9 AND sex <= $10
        AND token LIKE '%' || $13 ESCAPE '!'
    LIMIT $11) AS found;

-- name: people_count_within read
-- fan-out: a city's lists go over all its counties
SELECT CAST(coalesce(sum(households), 0) AS BIGINT), CAST(coalesce(sum(persons), 0) AS BIGINT)
FROM people_count WHERE division >= $1 AND division <= $2;

-- name: number_holders read
SELECT person_id FROM person_number WHERE county_code = $1 AND kind = $2 AND lookup = $3
ORDER BY person_id;

-- name: division_named read
SELECT division, name, kind, county_code FROM division
WHERE division >= $1 AND division <= $2 AND valid_from <= $3 AND valid_to > $3
ORDER BY division;

-- name: household_size read
SELECT count(*) FROM membership
WHERE county_code = $1 AND household_id = $2 AND valid_from <= $3 AND valid_to > $3;

-- name: household_programmes read
SELECT DISTINCT programme FROM enrolment
WHERE county_code = $1 AND household_id = $2 AND valid_from <= $3 AND valid_to > $3
ORDER BY programme;

-- name: person_index_lacking read
-- Is there anybody without words?
SELECT count(*) FROM (
    SELECT p.person_id FROM person AS p
    WHERE p.county_code = $1 AND NOT EXISTS (
        SELECT i.person_id FROM person_index AS i
        WHERE i.county_code = $1 AND i.person_id = p.person_id)
    LIMIT 1) AS one;

-- name: division_children read
SELECT d.division, d.name, d.kind, d.parent,
    (SELECT count(*) FROM division AS below
     WHERE below.parent = d.division AND below.valid_from <= $2 AND below.valid_to > $2)
FROM division AS d
WHERE d.parent = $1 AND d.valid_from <= $2 AND d.valid_to > $2 AND d.division <> d.parent
ORDER BY d.division;

-- name: fill_any read
SELECT count(*) FROM (SELECT person_id FROM person_index WHERE county_code = $1 LIMIT 1) AS one;

-- name: fill_persons read
SELECT person_id, name, sex, birth_date, death_date FROM person
WHERE county_code = $1 ORDER BY person_id;

-- name: fill_households read
SELECT household_id, division, head_id, valid_to FROM household
WHERE county_code = $1 ORDER BY household_id, valid_from;

-- name: fill_memberships read
SELECT person_id, household_id, valid_to FROM membership
WHERE county_code = $1 ORDER BY person_id, valid_from;

-- name: fill_enrolments read
SELECT household_id, person_id, programme, valid_to FROM enrolment
WHERE county_code = $1 ORDER BY household_id, programme;

-- name: person_count read
SELECT count(*) FROM person WHERE county_code = $1;
