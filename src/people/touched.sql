-- Marks of continuous determination: whose household a change touched. A mark is written in the change
-- itself (touched.c) and taken away in the change that stores what the household comes to now
-- (pay/continuous.c), so that nothing is lost or done twice.

-- schema: touched since 4
CREATE TABLE touched (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,    -- 0: everybody of the county
    position BIGINT NOT NULL,        -- the last change that touched it
    since_ms BIGINT NOT NULL,        -- when the first did that is not determined yet
    error TEXT NOT NULL,             -- why it could not be determined; it waits for another change
    PRIMARY KEY (county_code, household_id)
) -- clustered

-- name: touched_put write
INSERT INTO touched (county_code, household_id, position, since_ms, error) VALUES ($1, $2, $3, $4, '')
ON CONFLICT (county_code, household_id) DO UPDATE
SET position = excluded.position, error = '';

-- name: touched_person write
-- Every household that the person belongs to or belonged to.
INSERT INTO touched (county_code, household_id, position, since_ms, error)
SELECT DISTINCT m.county_code, m.household_id, CAST($3 AS BIGINT), CAST($4 AS BIGINT), ''
FROM membership AS m WHERE m.county_code = $1 AND m.person_id = $2
ON CONFLICT (county_code, household_id) DO UPDATE
SET position = excluded.position, error = '';
