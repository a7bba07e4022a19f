-- The changes that touched a household: positions at which its rows were recorded or superseded.

-- name: stop_positions read
SELECT position FROM household WHERE county_code = $1 AND household_id = $2
UNION
SELECT position FROM household_past WHERE county_code = $1 AND household_id = $2
UNION
SELECT past_position FROM household_past WHERE county_code = $1 AND household_id = $2
UNION
SELECT position FROM membership WHERE county_code = $1 AND household_id = $2
UNION
SELECT position FROM membership_past WHERE county_code = $1 AND household_id = $2
UNION
SELECT past_position FROM membership_past WHERE county_code = $1 AND household_id = $2
UNION
SELECT position FROM enrolment WHERE county_code = $1 AND household_id = $2
UNION
SELECT position FROM enrolment_past WHERE county_code = $1 AND household_id = $2
UNION
SELECT past_position FROM enrolment_past WHERE county_code = $1 AND household_id = $2;

-- name: stop_members read
-- When somebody belonged to it, as believed now and as it ever was; in the order of the persons.
SELECT person_id, valid_from, valid_to, position, CAST(0 AS BIGINT) FROM membership
WHERE county_code = $1 AND household_id = $2
UNION ALL
SELECT person_id, valid_from, valid_to, position, past_position FROM membership_past
WHERE county_code = $1 AND household_id = $2
ORDER BY 1;

-- name: stop_person read
SELECT position FROM person WHERE county_code = $1 AND person_id = $2
UNION
SELECT position FROM person_past WHERE county_code = $1 AND person_id = $2
UNION
SELECT past_position FROM person_past WHERE county_code = $1 AND person_id = $2;
