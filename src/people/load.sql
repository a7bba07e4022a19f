-- Taking over and handing out whole populations.

-- name: household_any read
-- fan-out: is the store still empty of people?
SELECT count(*) FROM (SELECT household_id FROM household LIMIT 1) AS one;
