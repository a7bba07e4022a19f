-- One household as its page shows it.

-- name: view_household read
SELECT valid_from, valid_to, position, division, head_id FROM household
WHERE county_code = $1 AND household_id = $2 ORDER BY valid_from;

-- name: view_members read
-- Everybody who ever lived there.
SELECT m.person_id, m.valid_from, m.valid_to, m.position, m.relation, p.name, p.sex, p.birth_date,
    p.death_date, p.position
FROM membership AS m
JOIN person AS p ON p.county_code = m.county_code AND p.person_id = m.person_id
WHERE m.county_code = $1 AND m.household_id = $2
ORDER BY m.person_id, m.valid_from;

-- name: view_numbers read
SELECT n.kind, n.sealed, k.wrapped, n.position
FROM person_number AS n
JOIN person_key AS k ON k.county_code = n.county_code AND k.person_id = n.person_id
WHERE n.county_code = $1 AND n.person_id = $2 ORDER BY n.kind;

-- name: view_enrolments read
SELECT person_id, programme, valid_from, valid_to, position, cause FROM enrolment
WHERE county_code = $1 AND household_id = $2 ORDER BY valid_from, programme, person_id;

-- name: view_change read
SELECT at_ms, who, why FROM audit_entry WHERE county_code = $1 AND position = $2;

-- name: view_past_positions read
-- Changes that replaced something of the household.
SELECT past_position FROM household_past WHERE county_code = $1 AND household_id = $2
UNION
SELECT past_position FROM membership_past WHERE county_code = $1 AND household_id = $2
UNION
SELECT past_position FROM enrolment_past WHERE county_code = $1 AND household_id = $2;

-- name: view_person_past_positions read
SELECT past_position FROM person_past WHERE county_code = $1 AND person_id = $2;
