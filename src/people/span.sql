-- Every version of a run of households, for reading many months at once: the id, valid_from, valid_to,
-- position, past_position (0: it is believed), then the values. "past" is what is no more believed,
-- since a position after $6.

-- name: span_households read
-- All of them: where a household lived last is asked for as well.
SELECT household_id, valid_from, valid_to, position, CAST(0 AS BIGINT), division, head_id FROM household
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
ORDER BY household_id, valid_from;

-- name: span_households_past read
SELECT household_id, valid_from, valid_to, position, past_position, division, head_id
FROM household_past
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_to > $4 AND valid_from <= $5 AND past_position > $6
ORDER BY household_id, valid_from, position;

-- name: span_members read
SELECT household_id, valid_from, valid_to, position, CAST(0 AS BIGINT), person_id FROM membership
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_to > $4 AND valid_from <= $5
ORDER BY household_id, person_id, valid_from;

-- name: span_members_past read
SELECT household_id, valid_from, valid_to, position, past_position, person_id FROM membership_past
WHERE county_code = $1 AND household_id >= $2 AND household_id <= $3
    AND valid_to > $4 AND valid_from <= $5 AND past_position > $6
ORDER BY household_id, person_id, valid_from, position;

-- name: span_persons read
SELECT person_id, position, CAST(0 AS BIGINT), sex, birth_date, death_date FROM person
WHERE county_code = $1 AND person_id >= $2 AND person_id <= $3
ORDER BY person_id;

-- name: span_persons_past read
SELECT person_id, position, past_position, sex, birth_date, death_date FROM person_past
WHERE county_code = $1 AND person_id >= $2 AND person_id <= $3 AND past_position > $4
ORDER BY person_id, position;
