-- A clerk who leaves: what would be without anybody, and its way to the successor.

-- schema: work_case_draft_by since 3
-- Login of who typed the draft last; '' nobody.
ALTER TABLE work_case ADD COLUMN draft_by TEXT NOT NULL DEFAULT ''

-- schema: work_case_draft since 3
CREATE INDEX work_case_draft ON work_case (county_code, draft_by, case_id) WHERE draft_by <> ''

-- name: leaving_drafts read
SELECT case_id, number, service FROM work_case
WHERE county_code = $1 AND draft_by = $2 AND draft_by <> '' AND open = 1 ORDER BY case_id;

-- name: leaving_drafts_move write
UPDATE work_case SET draft_by = $3
WHERE county_code = $1 AND draft_by = $2 AND draft_by <> '';

-- name: leaving_households read
SELECT household_id FROM account_household
WHERE county_code = $1 AND account_id = $2 ORDER BY household_id;

-- name: leaving_households_add write
INSERT INTO account_household (county_code, household_id, account_id, made_ms)
SELECT h.county_code, h.household_id, CAST($3 AS BIGINT), CAST($4 AS BIGINT)
FROM account_household AS h WHERE h.county_code = $1 AND h.account_id = $2
ON CONFLICT (county_code, household_id, account_id) DO NOTHING;

-- name: leaving_households_drop write
DELETE FROM account_household WHERE county_code = $1 AND account_id = $2;

-- name: leaving_others read
-- Those in use with the same role in the same office, for the line or for every one.
SELECT count(*) FROM account AS a JOIN account_role AS r ON r.account_id = a.account_id
WHERE a.state = 'active' AND a.division = $1 AND a.account_id <> $2 AND r.role = $3
    AND (r.line = '' OR r.line = $4);
