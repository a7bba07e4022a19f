-- Taking over and handing out whole populations.

-- name: household_any read
-- fan-out: is the store still empty of people?
SELECT count(*) FROM (SELECT household_id FROM household LIMIT 1) AS one;

-- name: register_tables read
SELECT DISTINCT table_name FROM register_column ORDER BY table_name;

-- name: store_any read
-- fan-out: was anything ever written here?
SELECT count(*) FROM (SELECT county_code FROM county LIMIT 1) AS one;

-- name: membership_of_person read
SELECT household_id FROM membership
WHERE county_code = $1 AND person_id = $2 AND valid_from <= $3 AND valid_to > $3
ORDER BY household_id;

-- name: person_card_any read
SELECT count(*) FROM person_number WHERE county_code = $1 AND person_id = $2 AND kind = 3;

-- ---- going out, some households at a time: county, first and last id, day ----

-- name: dump_households read
SELECT household_id, division, head_id FROM household
WHERE county_code = $1 AND household_id >= $2 AND valid_from <= $3 AND valid_to > $3
    AND division >= $4 AND division <= $5
ORDER BY household_id LIMIT $6;

-- name: dump_members read
SELECT m.household_id, m.person_id, m.relation, p.name, p.sex, p.birth_date, p.death_date
FROM membership AS m
JOIN person AS p ON p.county_code = m.county_code AND p.person_id = m.person_id
WHERE m.county_code = $1 AND m.household_id >= $2 AND m.household_id <= $3
    AND m.valid_from <= $4 AND m.valid_to > $4
ORDER BY m.household_id, m.person_id;

-- name: dump_numbers read
SELECT m.household_id, m.person_id, n.kind, n.sealed, k.wrapped
FROM membership AS m
JOIN person_number AS n ON n.county_code = m.county_code AND n.person_id = m.person_id
JOIN person_key AS k ON k.county_code = m.county_code AND k.person_id = m.person_id
WHERE m.county_code = $1 AND m.household_id >= $2 AND m.household_id <= $3
    AND m.valid_from <= $4 AND m.valid_to > $4
ORDER BY m.household_id, m.person_id, n.kind;

-- name: dump_cases read
SELECT household_id, person_id, programme, valid_from, account_id FROM enrolment
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_from <= $4 AND valid_to > $4
ORDER BY household_id, person_id, programme;
