-- Both times of people: what held on a day, as it was believed at a change position. Each statement reads
-- a table and its _past twin: rows recorded by then, less those that were superseded by then. As the last
-- position of all, 9223372036854775807, it reads what is believed now.

-- schema: household_past_division since 4
CREATE INDEX household_past_division ON household_past (county_code, division)

-- name: time_first_change read
SELECT at_ms FROM audit_entry WHERE county_code = $1 ORDER BY position LIMIT 1;

-- name: rule_released_by read
-- The last one released by then; where there was none yet, the first of all.
SELECT release_no, rule_hash, place, released_ms, who FROM rule_release
ORDER BY CASE WHEN released_ms <= $1 THEN release_no ELSE -release_no END DESC LIMIT 1;

-- ---- one household ----

-- name: time_household read
SELECT valid_from, valid_to, position, division, head_id FROM household
WHERE county_code = $1 AND household_id = $2 AND position <= $3
UNION ALL
SELECT valid_from, valid_to, position, division, head_id FROM household_past
WHERE county_code = $1 AND household_id = $2 AND position <= $3 AND past_position > $3
ORDER BY valid_from;

-- name: time_members read
-- Everybody who had ever lived there. Of a person one row at most was believed at a position.
SELECT m.person_id, m.valid_from, m.valid_to, m.position, m.relation,
    coalesce(p.name, o.name), coalesce(p.sex, o.sex), coalesce(p.birth_date, o.birth_date),
    coalesce(p.death_date, o.death_date), coalesce(p.position, o.position)
FROM membership AS m
LEFT JOIN person AS p
    ON p.county_code = m.county_code AND p.person_id = m.person_id AND p.position <= $3
LEFT JOIN person_past AS o
    ON o.county_code = m.county_code AND o.person_id = m.person_id AND o.position <= $3
        AND o.past_position > $3
WHERE m.county_code = $1 AND m.household_id = $2 AND m.position <= $3
    AND coalesce(p.person_id, o.person_id) IS NOT NULL
UNION ALL
SELECT m.person_id, m.valid_from, m.valid_to, m.position, m.relation,
    coalesce(p.name, o.name), coalesce(p.sex, o.sex), coalesce(p.birth_date, o.birth_date),
    coalesce(p.death_date, o.death_date), coalesce(p.position, o.position)
FROM membership_past AS m
LEFT JOIN person AS p
    ON p.county_code = m.county_code AND p.person_id = m.person_id AND p.position <= $3
LEFT JOIN person_past AS o
    ON o.county_code = m.county_code AND o.person_id = m.person_id AND o.position <= $3
        AND o.past_position > $3
WHERE m.county_code = $1 AND m.household_id = $2 AND m.position <= $3 AND m.past_position > $3
    AND coalesce(p.person_id, o.person_id) IS NOT NULL
ORDER BY 1, 2;

-- name: time_enrolments read
SELECT person_id, programme, valid_from, valid_to, position, cause FROM enrolment
WHERE county_code = $1 AND household_id = $2 AND position <= $3
UNION ALL
SELECT person_id, programme, valid_from, valid_to, position, cause FROM enrolment_past
WHERE county_code = $1 AND household_id = $2 AND position <= $3 AND past_position > $3
ORDER BY valid_from, programme, person_id;

-- name: time_past_positions read
-- Changes up to then that replaced something of the household.
SELECT past_position FROM household_past
WHERE county_code = $1 AND household_id = $2 AND past_position <= $3
UNION
SELECT past_position FROM membership_past
WHERE county_code = $1 AND household_id = $2 AND past_position <= $3
UNION
SELECT past_position FROM enrolment_past
WHERE county_code = $1 AND household_id = $2 AND past_position <= $3;

-- ---- lists: a county's households and who lives in them ----

-- name: time_counties read
SELECT DISTINCT county_code FROM division
WHERE division >= $1 AND division <= $2 AND kind <> 'city' ORDER BY county_code;

-- name: time_homes read
-- Of the day, with the day itself; to '' everything that had begun by then, ended or not.
SELECT household_id, division, head_id, valid_to FROM household
WHERE county_code = $1 AND division >= $2 AND division <= $3
    AND valid_from <= $4 AND valid_to > $5 AND position <= $6
UNION ALL
SELECT household_id, division, head_id, valid_to FROM household_past
WHERE county_code = $1 AND division >= $2 AND division <= $3
    AND valid_from <= $4 AND valid_to > $5 AND position <= $6 AND past_position > $6
ORDER BY household_id, valid_to;

-- name: time_people read
SELECT m.household_id, m.person_id, m.valid_from, m.valid_to,
    coalesce(p.name, o.name), coalesce(p.sex, o.sex), coalesce(p.birth_date, o.birth_date),
    coalesce(p.death_date, o.death_date)
FROM membership AS m
LEFT JOIN person AS p
    ON p.county_code = m.county_code AND p.person_id = m.person_id AND p.position <= $6
LEFT JOIN person_past AS o
    ON o.county_code = m.county_code AND o.person_id = m.person_id AND o.position <= $6
        AND o.past_position > $6
WHERE m.county_code = $1 AND m.household_id >= $2 AND m.household_id <= $3
    AND m.valid_from <= $4 AND m.valid_to > $5 AND m.position <= $6
    AND coalesce(p.person_id, o.person_id) IS NOT NULL
UNION ALL
SELECT m.household_id, m.person_id, m.valid_from, m.valid_to,
    coalesce(p.name, o.name), coalesce(p.sex, o.sex), coalesce(p.birth_date, o.birth_date),
    coalesce(p.death_date, o.death_date)
FROM membership_past AS m
LEFT JOIN person AS p
    ON p.county_code = m.county_code AND p.person_id = m.person_id AND p.position <= $6
LEFT JOIN person_past AS o
    ON o.county_code = m.county_code AND o.person_id = m.person_id AND o.position <= $6
        AND o.past_position > $6
WHERE m.county_code = $1 AND m.household_id >= $2 AND m.household_id <= $3
    AND m.valid_from <= $4 AND m.valid_to > $5 AND m.position <= $6 AND m.past_position > $6
    AND coalesce(p.person_id, o.person_id) IS NOT NULL
ORDER BY 1, 2, 3;

-- name: time_enrolled read
-- Who is on a programme on the day.
SELECT household_id, person_id FROM enrolment
WHERE county_code = $1 AND programme = $2 AND valid_from <= $3 AND valid_to > $3 AND position <= $4
UNION ALL
SELECT household_id, person_id FROM enrolment_past
WHERE county_code = $1 AND programme = $2 AND valid_from <= $3 AND valid_to > $3 AND position <= $4
    AND past_position > $4
ORDER BY household_id, person_id;

-- name: time_programmes read
SELECT programme FROM enrolment
WHERE county_code = $1 AND household_id = $2 AND valid_from <= $3 AND valid_to > $3 AND position <= $4
UNION
SELECT programme FROM enrolment_past
WHERE county_code = $1 AND household_id = $2 AND valid_from <= $3 AND valid_to > $3 AND position <= $4
    AND past_position > $4
ORDER BY programme;

-- name: time_size read
SELECT count(*) FROM (
    SELECT person_id FROM membership
    WHERE county_code = $1 AND household_id = $2 AND valid_from <= $3 AND valid_to > $3
        AND position <= $4
    UNION ALL
    SELECT person_id FROM membership_past
    WHERE county_code = $1 AND household_id = $2 AND valid_from <= $3 AND valid_to > $3
        AND position <= $4 AND past_position > $4) AS members;

-- name: time_records read
-- Records of one register, those recorded later too.
SELECT record_id, division FROM record
WHERE county_code = $1 AND register = $2 AND record_id > $3 AND division >= $4 AND division <= $5
ORDER BY record_id LIMIT $6;

-- ---- going out as files ----

-- name: time_dump_members read
SELECT m.household_id, m.person_id, m.relation, coalesce(p.name, o.name), coalesce(p.sex, o.sex),
    coalesce(p.birth_date, o.birth_date), coalesce(p.death_date, o.death_date)
FROM membership AS m
LEFT JOIN person AS p
    ON p.county_code = m.county_code AND p.person_id = m.person_id AND p.position <= $5
LEFT JOIN person_past AS o
    ON o.county_code = m.county_code AND o.person_id = m.person_id AND o.position <= $5
        AND o.past_position > $5
WHERE m.county_code = $1 AND m.household_id >= $2 AND m.household_id <= $3
    AND m.valid_from <= $4 AND m.valid_to > $4 AND m.position <= $5
    AND coalesce(p.person_id, o.person_id) IS NOT NULL
UNION ALL
SELECT m.household_id, m.person_id, m.relation, coalesce(p.name, o.name), coalesce(p.sex, o.sex),
    coalesce(p.birth_date, o.birth_date), coalesce(p.death_date, o.death_date)
FROM membership_past AS m
LEFT JOIN person AS p
    ON p.county_code = m.county_code AND p.person_id = m.person_id AND p.position <= $5
LEFT JOIN person_past AS o
    ON o.county_code = m.county_code AND o.person_id = m.person_id AND o.position <= $5
        AND o.past_position > $5
WHERE m.county_code = $1 AND m.household_id >= $2 AND m.household_id <= $3
    AND m.valid_from <= $4 AND m.valid_to > $4 AND m.position <= $5 AND m.past_position > $5
    AND coalesce(p.person_id, o.person_id) IS NOT NULL
ORDER BY 1, 2;

-- name: time_dump_numbers read
-- Numbers have no past: those of now, of who was a member then.
SELECT m.household_id, m.person_id, n.kind, n.sealed, k.wrapped
FROM membership AS m
JOIN person_number AS n ON n.county_code = m.county_code AND n.person_id = m.person_id
JOIN person_key AS k ON k.county_code = m.county_code AND k.person_id = m.person_id
WHERE m.county_code = $1 AND m.household_id >= $2 AND m.household_id <= $3
    AND m.valid_from <= $4 AND m.valid_to > $4 AND m.position <= $5
UNION ALL
SELECT m.household_id, m.person_id, n.kind, n.sealed, k.wrapped
FROM membership_past AS m
JOIN person_number AS n ON n.county_code = m.county_code AND n.person_id = m.person_id
JOIN person_key AS k ON k.county_code = m.county_code AND k.person_id = m.person_id
WHERE m.county_code = $1 AND m.household_id >= $2 AND m.household_id <= $3
    AND m.valid_from <= $4 AND m.valid_to > $4 AND m.position <= $5 AND m.past_position > $5
ORDER BY 1, 2, 3;

-- name: time_dump_cases read
SELECT household_id, person_id, programme, valid_from, account_id FROM enrolment
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_from <= $4 AND valid_to > $4 AND position <= $5
UNION ALL
SELECT household_id, person_id, programme, valid_from, account_id FROM enrolment_past
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_from <= $4 AND valid_to > $4 AND position <= $5 AND past_position > $5
ORDER BY household_id, person_id, programme;
